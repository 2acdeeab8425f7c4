import Backplane
import SignalDomain

/// One thing that happened in a room, for operators who ask why two peers did not connect. It never holds anything of a
/// signal but what kind it is.
struct RoomEvent: Hashable, Sendable {
    enum What: Hashable, Sendable {
        case joined(Dialect)
        /// The peer came back to its session.
        case resumed
        /// The socket is gone, and the session may come back.
        case lost
        case left(LeaveReason)
        /// The node closed the socket.
        case closed(CloseReason)
        /// A signal came from the peer; reliable ones have outcomes.
        case sent(SignalKind, isReliable: Bool)
        /// What the peer sent was answered with an error and went nowhere.
        case refused(ErrorCode)
        /// A signal was written to the socket of its receiver, a broadcast to `count` of them.
        case delivered(SignalKind)
        /// What the sender was told became of a signal.
        case outcome(SignalKind, Outcome)
        /// The sender was told that a signal which was stored cannot be delivered any more.
        case undeliverable(SignalKind)
        /// What the peer reports of its connection.
        case ice(IceState?, FailureReason?, isRelayed: Bool)
    }

    /// Milliseconds since the epoch, by the node's own clock.
    var at: Int64
    /// When it happened for the last time.
    var until: Int64
    var count = 1
    var what: What
    var from: PeerID
    /// Nil = everybody in the room, or nobody in particular.
    var to: PeerID?

    init(at: Int64, _ what: What, from: PeerID, to: PeerID? = nil, count: Int = 1) {
        self.at = at
        until = at
        self.count = count
        self.what = what
        self.from = from
        self.to = to
    }

    /// Whether it is part of the story of these two.
    func concerns(_ one: PeerID, _ other: PeerID) -> Bool {
        guard from == one || from == other else { return false }
        return to.map { $0 == one || $0 == other } ?? true
    }

    /// `{at,until?,count?,what,from,to?,…}`.
    var json: JSONObjectText {
        var object = JSONObjectText()
        object.add("at", at)
        if until != at { object.add("until", until) }
        if count != 1 { object.add("count", count) }
        add(what, to: &object)
        object.add("from", from.text)
        if let to { object.add("to", to.text) }
        return object
    }

    private func add(_ what: What, to object: inout JSONObjectText) {
        switch what {
        case .joined(let dialect):
            object.add("what", "joined")
            object.add("dialect", dialect.rawValue)
        case .resumed: object.add("what", "resumed")
        case .lost: object.add("what", "lost")
        case .left(let reason):
            object.add("what", "left")
            object.add("reason", reason.rawValue)
        case .closed(let reason):
            object.add("what", "closed")
            object.add("code", Int(reason.code))
            object.add("reason", reason.word)
        case .sent(let kind, let isReliable):
            object.add("what", "sent")
            object.add("kind", kind.rawValue)
            object.add("reliable", isReliable)
        case .refused(let code):
            object.add("what", "refused")
            object.add("reason", code.rawValue)
        case .delivered(let kind):
            object.add("what", "delivered")
            object.add("kind", kind.rawValue)
        case .outcome(let kind, let outcome):
            object.add("what", outcome.word)
            object.add("kind", kind.rawValue)
            if case .refused(let refusal) = outcome { object.add("reason", refusal.rawValue) }
        case .undeliverable(let kind):
            object.add("what", "undeliverable")
            object.add("kind", kind.rawValue)
        case .ice(let state, let failure, let isRelayed):
            object.add("what", "ice")
            if let state { object.add("state", state.rawValue) }
            if let failure { object.add("reason", failure.rawValue) }
            if isRelayed { object.add("relayed", true) }
        }
    }
}

extension Outcome {
    fileprivate var word: String {
        switch self {
        case .stored: "stored"
        case .received: "received"
        case .written: "written"
        case .refused: "nack"
        }
    }
}
