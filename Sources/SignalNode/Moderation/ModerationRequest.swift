public import SignalDomain

/// What a moderator wants, as the transport read it; `target()` and `until` check it.
public struct ModerationRequest: Sendable {
    public enum Verb: String, Sendable, CaseIterable {
        case kick, mute, unmute, ban, unban
        /// Nobody is or comes in any more, until `open` or the given time.
        case close
        case open

        /// What it takes to do so.
        var needed: Grants { self == .close || self == .open ? .delete : .moderate }

        /// What is stored; nil for a kick, which leaves nothing behind.
        var kind: Sanction.Kind? {
            switch self {
            case .kick: nil
            case .mute, .unmute: .mute
            case .ban, .unban: .ban
            case .close, .open: .closure
            }
        }

        var lifts: Bool { self == .unmute || self == .unban || self == .open }
    }

    public var verb: Verb
    public var room: RoomKey
    public var peerID: String?
    /// `sub` of a token.
    public var subject: String?
    /// A client address as text.
    public var address: String?
    public var reason: String?
    /// When it ends, in milliseconds since the epoch; nil = when somebody takes it back.
    public var until: Double?

    public init(
        _ verb: Verb, in room: RoomKey, peerID: String? = nil, subject: String? = nil, address: String? = nil,
        reason: String? = nil, until: Double? = nil
    ) {
        self.verb = verb
        self.room = room
        self.peerID = peerID
        self.subject = subject
        self.address = address
        self.reason = reason
        self.until = until
    }
}

/// What became of a request of a moderator.
public struct ModerationOutcome: Hashable, Sendable {
    /// Peers that were there to be kicked, or decisions that were stored.
    public var applied: Int
    /// Only this node knows so far: the shared state is away, and hears of it when it is back.
    public var isPending: Bool

    public init(applied: Int, isPending: Bool = false) {
        self.applied = applied
        self.isPending = isPending
    }

    /// `{applied}`, and `pending` where that is so.
    public var json: [UInt8] {
        var object = JSONObjectText()
        object.add("applied", applied)
        if isPending { object.add("pending", true) }
        return object.closed
    }
}

extension Refusal {
    static let tokenRevoked = Refusal(
        status: 401, code: "token_revoked", title: "Unauthorized", sentence: "This token was revoked.",
        extraHeaders: [("WWW-Authenticate", "Bearer realm=\"signal\", error=\"invalid_token\"")],
        closing: .tokenRevoked)

    static let muted = Refusal(
        status: 403, code: "muted", title: "Forbidden", sentence: "A moderator muted this peer.", closing: .forbidden)

    static func invalidTime(_ name: StaticString) -> Refusal {
        Refusal(
            status: 400, code: "invalid_time", title: "Bad Request",
            sentence: "\(name) must be a time in the future, in milliseconds since 1970.", closing: .badRequest)
    }

    static let targetMissing = Refusal(
        status: 400, code: "target_missing", title: "Bad Request",
        sentence: "This needs one of the targets that it knows, each at most 256 bytes long.", closing: .badRequest)

    static let reasonTooLong = Refusal(
        status: 400, code: "reason_too_long", title: "Bad Request",
        sentence: "reason may have at most \(Sanction.maxReasonBytes) bytes.", closing: .badRequest)

    static let tooManySanctions = Refusal(
        status: 409, code: "too_many_sanctions", title: "Conflict",
        sentence:
            "So many decisions are kept of the room, its namespace or all that there is no place for another one; one that "
            + "was lifted still counts for a day.")

    static let addressesUnkeyed = Refusal(
        status: 409, code: "cluster_secret_missing", title: "Conflict",
        sentence: "Addresses can be banned only where CLUSTER_SECRET is set on every node.")
}
