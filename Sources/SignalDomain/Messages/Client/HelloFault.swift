/// Why the first frame of a socket is no hello that the server can take.
public enum HelloFault: Error, Hashable, Sendable {
    /// A valid message of another type.
    case notHello
    case session
    case connectionNumber
    case peerIDNotText
    case peerID(NameError)
    case token
    case resume
    case metadata(PresenceMetadata.Fault)

    /// What is wrong, in one sentence that repeats nothing of the frame.
    public var sentence: String {
        switch self {
        case .notHello: "The first frame must be a hello."
        case .session: "sid must be 16 to 64 characters of base64url."
        case .connectionNumber: "cn must be a whole number from 0 up to 2^53 - 1."
        case .peerIDNotText: "peerId must be a string."
        case .peerID(let fault): fault.description
        case .token: "token must be a string."
        case .resume: "resume must be an object with a token and, if given, lastSeq as a whole number."
        case .metadata(let fault): fault.sentence
        }
    }

    /// How the socket ends.
    public var closing: CloseReason { self == .notHello ? .helloExpected : .badRequest }
}
