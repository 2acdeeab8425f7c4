import SignalDomain

/// How directed signals travel between the sessions of a room so that none that was acknowledged is lost: a pure machine
/// (cluster.md §2.7 and §2.8).
///
/// A signal for an attached session of this node goes straight to it; if its client does not confirm soon, or loses its
/// socket, the signal is stored in the session's inbox in the shared state. Any other reliable signal is stored first. The
/// sender's node keeps a copy until the outcome is final, and submits it again after every reconnect; the receiver's node
/// keeps what its client has not confirmed, and hands it over first on the next connection. Between two sessions order is
/// kept: nothing overtakes what is still on its way into the inbox.
public struct Delivery: Hashable, Sendable {
    /// The clockwork and the bounds.
    public struct Limits: Hashable, Sendable {
        /// Milliseconds until an unconfirmed signal is stored, and the most that a slow connection extends this to.
        public var spillMs: Int64 = 150
        public var spillMaxMs: Int64 = 1_000
        /// Milliseconds until an unconfirmed signal closes its receiver.
        public var unconfirmedMs: Int64 = 20_000
        /// Milliseconds until a sender learns something.
        public var outcomeMs: Int64 = 5_000
        /// Milliseconds until what the shared state did not take is submitted again.
        public var retryMs: Int64 = 250
        /// Milliseconds for which confirmations are collected.
        public var confirmMs: Int64 = 50
        /// Milliseconds that a copy is kept at most.
        public var copyMs: Int64 = 600_000
        /// Unconfirmed letters of one receiver.
        public var inboxEntries = 256
        /// Copies between two sessions that may wait for the shared state.
        public var waitingEntries = 64
        /// Bytes of the copies of one sender, and of the node.
        public var bytesPerSession = 1_048_576
        public var bytesPerNode = 67_108_864

        public init() {}
    }

    /// Where a signal must go, as the membership knows it.
    public enum Whereabouts: Hashable, Sendable {
        /// Held by this node, with or without a socket.
        case here
        /// Held by another node, or it was when this node last knew.
        case elsewhere(NodeInstance)
        case unlisted
    }

    public let limits: Limits
    var node: NodeInstance
    /// This process' own instances, the present one included.
    var own: Set<NodeInstance>
    var isLive = false
    /// Rooms whose announce or snapshot is outstanding: nothing is submitted there.
    var closedRooms: Set<RoomKey> = []
    /// Residents of closed rooms whose inboxes were not read yet.
    var behind: [RoomKey: Set<PeerID>] = [:]
    var copies = Copies()
    var residents: [Place: Resident] = [:]
    /// Letters for sessions with a join under way.
    var arriving: [Seat: Arriving] = [:]
    var confirmations = Confirmations()
    var agenda = Agenda()
    /// Since when the shared state is away, if it is and anything was promised before.
    var awaySince: Int64?
    var actions: [DeliveryAction] = []
    var guards = Guards.all

    struct Seat: Hashable, Sendable {
        let place: Place
        let session: SessionID
    }

    struct Arriving: Hashable, Sendable {
        /// A client that lost its socket may dial again before its join is answered.
        var joins: Set<ConnectionID> = []
        var entries: [InboxEntry] = []
    }

    public init(node: NodeInstance, limits: Limits = .init()) {
        self.node = node
        own = [node]
        self.limits = limits
    }

    /// Whether `tick` has anything to wait for.
    public var isBusy: Bool { !copies.isEmpty || !confirmations.isEmpty }

    /// Hands out what the last calls produced.
    mutating func drain() -> [DeliveryAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: What both directions need

    /// Gives an open connection everything that it was not given yet.
    mutating func handOver(at place: Place, now: Int64) {
        guard var resident = residents[place], let connection = resident.connection else { return }
        while let parcel = resident.handOver(now: now) {
            for keeper in parcel.keepers where own.contains(keeper.node) { resident.awaited.remove(keeper.number) }
            actions.append(.deliver(connection, parcel.letter, sequence: parcel.sequence))
        }
        residents[place] = resident
        // A dialect 1 client cannot confirm: its letters are done when they are written.
        if resident.isLegacy { confirm(through: .max, at: place, level: .written, now: now) }
    }

    mutating func confirm(through sequence: UInt64, at place: Place, level: ReceiptLevel, now: Int64) {
        guard let confirmed = residents[place]?.confirm(through: sequence) else { return }
        for parcel in confirmed { settle(parcel, at: place, level: level, now: now) }
    }

    /// One letter is done: its copies here are finished, others hear of it, and the inbox forgets it.
    mutating func settle(_ parcel: Resident.Parcel, at place: Place, level: ReceiptLevel, now: Int64) {
        guard let session = residents[place]?.session else { return }
        let own = parcel.keepers.filter { self.own.contains($0.node) }.map(\.number)
        if parcel.ids.isEmpty {
            for number in own { finish(number, level == .received ? .received : .written) }
        }
        let others = parcel.keepers.filter { !self.own.contains($0.node) }
        guard !parcel.ids.isEmpty || !others.isEmpty else { return }
        let key = Confirmations.Key(room: place.room, session: session, level: level)
        let stored = parcel.ids.isEmpty ? [] : own
        let isFull = confirmations.add(key, ids: parcel.ids, keepers: others, own: stored, now: now)
        if isFull { releaseConfirmations(now: now) }
    }

    mutating func releaseConfirmations(now: Int64, atOnce: Bool = false) {
        guard isLive else { return }
        for command in confirmations.release(now: now, waitMs: atOnce ? 0 : limits.confirmMs) {
            actions.append(.call(.confirm(command)))
        }
    }

    @discardableResult
    mutating func removeCopy(_ number: UInt64) -> Copy? {
        let copy = copies.remove(number)
        if let copy, !copies.numbers(of: copy.pair).isEmpty { agenda.add(copy.pair) }
        return copy
    }

    /// The end of a copy: its sender hears of it if it is here.
    mutating func finish(_ number: UInt64, _ outcome: Outcome) {
        guard let copy = removeCopy(number) else { return }
        tell(copy, outcome)
    }

    mutating func tell(_ copy: Copy, _ outcome: Outcome) {
        guard let sender = residents[copy.pair.sender], sender.session == copy.pair.session, sender.isOpen,
            let connection = sender.connection
        else { return }
        if outcome != .stored {
            residents[copy.pair.sender]?.noteEnd(
                .news(of: copy.letter.id, to: copy.pair.to),
                .init(connection: connection, isAnswered: copy.sentOn == connection))
        }
        actions.append(.outcome(connection, id: copy.letter.id, to: copy.pair.to, outcome))
    }
}
