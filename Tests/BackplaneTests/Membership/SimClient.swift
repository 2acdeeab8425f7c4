import SignalDomain

@testable import Backplane

/// A client of dialect 2 as the protocol wants it: it keeps its session over its sockets, sends again after each welcome
/// what has no final outcome, surfaces each letter once, and forgets what was lost when it is told so.
struct SimClient: Hashable {
    /// Each timer has a time of its own, so that a model can let one of them run out alone.
    static var limits: Delivery.Limits {
        var limits = Delivery.Limits()
        limits.retryMs = 100
        limits.spillMs = 200
        limits.confirmMs = 300
        return limits
    }

    /// A signal that this session sent.
    struct Signal: Hashable {
        let id: UInt64
        let to: PeerID
        /// The life of the receiver at which it was aimed.
        let life: UInt64
        /// The sender was told `stored`.
        var isPromised = false
        var final: Final?
        /// Its copy died with a node.
        var lostItsCopy = false
    }

    enum Final: Hashable {
        case received
        case undeliverable
        case refused(Outcome.Refusal)
    }

    struct Socket: Hashable {
        let connection: ConnectionID
        let node: Int
        /// What brings the session back, once the client has read it.
        let token: String
        var isWelcomed = false
        /// Peers that this socket was shown.
        var shown: Set<PeerID> = []
    }

    /// A signal by its sender's session.
    struct Name: Hashable {
        let source: SessionID
        let id: String

        init(_ source: SessionID, _ id: String) {
            self.source = source
            self.id = id
        }
    }

    /// What is on its way to the client.
    enum Message: Hashable {
        case welcome(isResumed: Bool)
        case letter(Letter, sequence: UInt64)
        case outcome(id: String, to: PeerID, Outcome)
    }

    /// A letter that the client's user has seen.
    struct Surfaced: Hashable {
        let source: SessionID
        let id: UInt64
        /// The session that surfaced it.
        let by: SessionID
    }

    let peer: PeerID
    private(set) var session: SessionID
    /// How often a session began, or began anew because what it had was lost.
    private(set) var lives: UInt64 = 0
    var dials: UInt64 = 0
    var token: String?
    var socket: Socket?
    var wire: [Message] = []
    var signals: [Signal] = []
    var lastID: UInt64 = 0
    private(set) var surfaced: [Surfaced] = []
    /// Two ends of one signal that the client was told of.
    private(set) var contradiction: String?
    /// The session is over; only a new one may follow.
    var isOver = false

    init(_ peer: PeerID) {
        self.peer = peer
        session = SessionID(high: UInt64(peer.text.utf8.first ?? 0), low: 0)
    }

    var isWelcomed: Bool { socket?.isWelcomed == true }

    /// A page that was loaded anew: nothing is known of the past.
    mutating func startOver() {
        forget()
        session = SessionID(high: UInt64(peer.text.utf8.first ?? 0), low: lives)
        token = nil
        isOver = false
    }

    /// What was under way is lost, and the caller knows.
    mutating func forget() {
        lives += 1
        signals = []
    }

    /// Takes a letter; what it surfaces out of order is a fault, unless `mayBeLate`.
    mutating func surface(_ letter: Letter, mayBeLate: Bool) -> String? {
        guard let id = UInt64(letter.id) else { return "a letter without an id" }
        if letter.kind == .undeliverable {
            settle(id, to: letter.from, .undeliverable)
            return nil
        }
        let new = Surfaced(source: letter.session, id: id, by: session)
        let known = surfaced.filter { $0.source == new.source && $0.by == new.by }
        if known.contains(new) { return nil }
        surfaced.append(new)
        let isLate = !mayBeLate && known.contains { $0.id > id }
        return isLate ? "\(peer) surfaces signal \(id) after a later one" : nil
    }

    mutating func hear(_ outcome: Outcome, _ id: UInt64, to peer: PeerID) {
        switch outcome {
        case .stored:
            for index in signals.indices where signals[index].id == id && signals[index].to == peer {
                signals[index].isPromised = true
            }
        case .received, .written: settle(id, to: peer, .received)
        case .refused(let refusal): settle(id, to: peer, .refused(refusal))
        }
    }

    /// Only the first final outcome counts; another one contradicts it.
    private mutating func settle(_ id: UInt64, to peer: PeerID, _ final: Final) {
        for index in signals.indices where signals[index].id == id && signals[index].to == peer {
            if let known = signals[index].final, known != final {
                contradiction = "signal \(id) of \(self.peer) ends as \(known) and as \(final)"
            }
            signals[index].final = signals[index].final ?? final
        }
    }

    /// The client with all the outcomes that are on their way to it.
    var informed: SimClient {
        var client = self
        for case .outcome(let id, let target, let outcome) in wire {
            client.hear(outcome, UInt64(id) ?? 0, to: target)
        }
        return client
    }

    func hasSurfaced(_ id: UInt64, from source: SessionID) -> Bool {
        surfaced.contains { $0.source == source && $0.id == id }
    }
}
