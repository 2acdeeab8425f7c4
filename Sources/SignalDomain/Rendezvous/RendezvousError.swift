/// Why the registry refuses; the codes are the statuses of the libp2p rendezvous protocol.
public enum RendezvousError: Error, Hashable, Sendable {
    /// The namespace, room or peerId is no name.
    case invalidName(NameError)
    case invalidAddresses(String)
    case invalidMetadata(String)
    case invalidTTL
    /// Not a cookie of this room, or not one of this cluster.
    case invalidCookie
    /// No token, or a wrong one.
    case tokenRequired
    /// The peerId belongs to another owner.
    case otherOwner
    /// The room, the address or the owner has all the records it may have.
    case tooManyRecords(retryAfterSeconds: Int)
    /// The shared registry is out of reach.
    case unavailable(retryAfterSeconds: Int)

    /// The machine word.
    public var code: String {
        switch self {
        case .invalidName(let fault): fault.field == .peerID ? "E_INVALID_PEER_ID" : "E_INVALID_NAMESPACE"
        case .invalidAddresses: "E_INVALID_ADDRESSES"
        case .invalidMetadata: "E_INVALID_METADATA"
        case .invalidTTL: "E_INVALID_TTL"
        case .invalidCookie: "E_INVALID_COOKIE"
        case .tokenRequired, .otherOwner: "E_NOT_AUTHORIZED"
        case .tooManyRecords, .unavailable: "E_UNAVAILABLE"
        }
    }

    /// The HTTP answer.
    public var refusal: Refusal {
        switch self {
        case .invalidName(let fault): bad(fault.description)
        case .invalidAddresses(let sentence), .invalidMetadata(let sentence): bad(sentence)
        case .invalidTTL: bad("ttlMs is a number of milliseconds, 1 or more.")
        case .invalidCookie: bad("The cookie belongs to another room; ask again without it.")
        case .tokenRequired:
            Refusal(
                status: 401, code: code, title: "Unauthorized", sentence: Refusal.unauthorized.sentence,
                extraHeaders: Refusal.unauthorized.extraHeaders)
        case .otherOwner:
            Refusal(status: 403, code: code, title: "Forbidden", sentence: "This peerId belongs to another owner.")
        case .tooManyRecords(let seconds):
            Refusal(
                status: 429, code: code, title: "Too Many Requests",
                sentence: "There are too many registrations already.", retryAfterSeconds: seconds)
        case .unavailable(let seconds):
            Refusal(
                status: 503, code: code, title: "Service Unavailable",
                sentence: "The registry is out of reach; try again in \(seconds) s.", retryAfterSeconds: seconds)
        }
    }

    private func bad(_ sentence: String) -> Refusal {
        Refusal(status: 400, code: code, title: "Bad Request", sentence: sentence)
    }
}
