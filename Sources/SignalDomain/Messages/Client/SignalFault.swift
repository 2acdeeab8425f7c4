/// Why a signal goes to nobody.
public enum SignalFault: Error, Hashable, Sendable {
    /// Neither the name of a peer nor a list of such names, or an empty list.
    case to
    /// A list that is too long, or holds something else than strings.
    case targets(max: Int)
    case toOneself
    case id(maxCharacters: Int)
    case tooLarge(maxBytes: Int)

    /// The word that the sender is told.
    public var code: ErrorCode {
        switch self {
        case .tooLarge: .messageTooLarge
        case .to, .targets, .toOneself, .id: .invalidMessage
        }
    }

    /// What is wrong, in one sentence that repeats nothing of the message.
    public var sentence: String {
        switch self {
        case .to: "to must be a peerId or a list of them."
        case .targets(let max): "to may list at most \(max) peerIds, each a string."
        case .toOneself: "to names the sender itself."
        case .id(let maxCharacters): "id must be a string of 1 to \(maxCharacters) characters."
        case .tooLarge(let maxBytes): "A signal with an id may have at most \(maxBytes) bytes."
        }
    }
}
