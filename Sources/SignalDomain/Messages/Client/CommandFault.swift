/// Why a message to the server has no effect; the socket stays open.
public enum CommandFault: Error, Hashable, Sendable {
    /// A word of the server, or a second hello.
    case reservedType
    case seq
    case token
    case metadata(PresenceMetadata.Fault)
    case action
    case peerID
    case until

    /// The word that the sender is told.
    public var code: ErrorCode { self == .reservedType ? .reservedType : .invalidMessage }

    /// What is wrong, in one sentence that repeats nothing of the message.
    public var sentence: String {
        switch self {
        case .reservedType: ErrorCode.reservedType.sentence
        case .seq: "seq must be a whole number from 0 up to 2^53 - 1."
        case .token: "token must be a string that is not empty."
        case .metadata(let fault): fault.sentence
        case .action: "action must be the name of something that moderators do."
        case .peerID: "peerId must be the name of a peer."
        case .until: "untilMs must be a time in whole milliseconds since 1970."
        }
    }
}
