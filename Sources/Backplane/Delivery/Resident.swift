import SignalDomain

/// A session that this node holds, as a receiver: what it was given and has not confirmed, in order.
struct Resident: Hashable, Sendable {
    /// One letter that the client has not confirmed.
    struct Parcel: Hashable, Sendable {
        let letter: Letter
        /// Where it is in the inbox; more than once when a sender's node submitted it again.
        var ids: [InboxID]
        /// Who keeps copies of it.
        var keepers: [Keeper]
        /// Its number on the present connection; nil = not handed over on it yet.
        var sequence: UInt64?
        var handedOverAt: Int64 = 0
        /// Whether an earlier connection, or the present one, was given it.
        var wasHandedOver = false
    }

    struct Keeper: Hashable, Sendable {
        let node: NodeInstance
        let number: UInt64
    }

    /// The end of a signal, as its sender was told it.
    struct End: Hashable, Sendable {
        let connection: ConnectionID
        /// Whether the client has sent the signal on this connection: to send it there once more is a new try.
        var isAnswered: Bool
    }

    /// Letters that were confirmed and may still be submitted again.
    static let maxRemembered = 256
    /// Signals whose end is remembered.
    static let maxEnds = 64

    let session: SessionID
    let isLegacy: Bool
    /// The socket; nil while detached.
    var connection: ConnectionID?
    /// Whether the client was welcomed on this connection: nothing is handed over before.
    var isOpen = false
    /// Milliseconds that letters may stay unconfirmed before they are stored.
    var spillMs: Int64
    private(set) var shelf: [Parcel] = []
    /// Copies on their way into the inbox that this connection was not given yet: later ones must not overtake them.
    var awaited: Set<UInt64> = []
    /// Whether the inbox may hold letters whose frames were lost: after each reconnect, until it was read.
    var isBehind = false
    /// Letters that arrived meanwhile.
    var early: [InboxEntry] = []
    private var sequence: UInt64 = 0
    private var remembered: [Letter.Identity] = []
    /// Signals of this session whose end it was told, by the news that must not follow.
    private var ends: [Letter.Identity: End] = [:]
    private var oldestEnds: [Letter.Identity] = []
    /// The highest number per sender, for the model that dedupes by it.
    private var highest: [String: UInt64] = [:]

    init(session: SessionID, isLegacy: Bool, spillMs: Int64) {
        self.session = session
        self.isLegacy = isLegacy
        self.spillMs = spillMs
    }

    var oldestUnconfirmed: Int64? {
        shelf.first.flatMap { $0.sequence == nil ? nil : $0.handedOverAt }
    }

    enum Offer: Hashable, Sendable {
        case added
        /// The client has it on this connection, or will be given it.
        case known
        /// The client has confirmed it before.
        case confirmed
    }

    /// Takes a letter that arrived or was sent here; the same one again only adds to what is known of it.
    mutating func offer(_ letter: Letter, id: InboxID?, guards: Guards) -> Offer {
        let keeper = letter.number == 0 ? nil : Keeper(node: letter.node, number: letter.number)
        if let index = shelf.firstIndex(where: { $0.letter.identity == letter.identity }) {
            if let id, !shelf[index].ids.contains(id) { shelf[index].ids.append(id) }
            if let keeper, !shelf[index].keepers.contains(keeper) { shelf[index].keepers.append(keeper) }
            return .known
        }
        if guards.contains(.setDedupe) {
            if remembered.contains(letter.identity) { return .confirmed }
        } else if let highest = highest[letter.session.text], letter.number <= highest, letter.kind == .signal {
            return .confirmed
        }
        shelf.append(Parcel(letter: letter, ids: id.map { [$0] } ?? [], keepers: keeper.map { [$0] } ?? []))
        return .added
    }

    /// The next parcel that this connection was not given yet, numbered.
    mutating func handOver(now: Int64) -> Parcel? {
        guard isOpen, let index = shelf.firstIndex(where: { $0.sequence == nil }) else { return nil }
        sequence += 1
        shelf[index].sequence = sequence
        shelf[index].handedOverAt = now
        shelf[index].wasHandedOver = true
        return shelf[index]
    }

    /// A new connection: everything is handed over anew, what waits in the inbox first and in its order. Returns what
    /// the client has confirmed before.
    mutating func attach(_ connection: ConnectionID, inbox: [InboxEntry], guards: Guards) -> [InboxEntry] {
        detach()
        self.connection = connection
        let rest = shelf
        shelf = []
        let confirmed = inbox.filter { offer($0.letter, id: $0.id, guards: guards) == .confirmed }
        for parcel in rest {
            if let index = shelf.firstIndex(where: { $0.letter.identity == parcel.letter.identity }) {
                shelf[index].keepers += parcel.keepers.filter { !shelf[index].keepers.contains($0) }
            } else {
                shelf.append(parcel)
            }
        }
        return confirmed
    }

    mutating func detach() {
        connection = nil
        isOpen = false
        sequence = 0
        for index in shelf.indices { shelf[index].sequence = nil }
    }

    /// Takes out what the client has confirmed: everything up to `sequence` of this connection.
    mutating func confirm(through sequence: UInt64) -> [Parcel] {
        let count = shelf.prefix { parcel in parcel.sequence.map { $0 <= sequence } ?? false }.count
        let confirmed = Array(shelf.prefix(count))
        shelf.removeFirst(count)
        for parcel in confirmed { remember(parcel.letter) }
        return confirmed
    }

    /// Whether a client of this session was given a letter whose copy one of `nodes` keeps.
    func wasHandedOver(_ number: UInt64, of nodes: Set<NodeInstance>) -> Bool {
        shelf.contains { parcel in
            parcel.wasHandedOver && parcel.keepers.contains { $0.number == number && nodes.contains($0.node) }
        }
    }

    /// Forgets a letter that was refused or given up: it must not be handed over later than what follows it.
    mutating func drop(_ number: UInt64, of nodes: Set<NodeInstance>) {
        shelf.removeAll { parcel in
            parcel.ids.isEmpty && parcel.keepers.contains { $0.number == number && nodes.contains($0.node) }
        }
    }

    /// The client was told how a signal of its own ended: it hears of no other end.
    mutating func noteEnd(_ news: Letter.Identity, _ end: End) {
        guard ends.updateValue(end, forKey: news) == nil else { return }
        oldestEnds.append(news)
        if oldestEnds.count > Self.maxEnds { ends[oldestEnds.removeFirst()] = nil }
    }

    func wasToldEnd(_ news: Letter.Identity) -> Bool { ends[news] != nil }

    /// A client sends a signal again: whether its end is on the way to it. One that was told on an earlier connection has
    /// not arrived; one that it heard is followed by a new try.
    mutating func isAboutToHear(_ news: Letter.Identity) -> Bool {
        if let end = ends[news] {
            if end.connection == connection, !end.isAnswered {
                ends[news]?.isAnswered = true
                return true
            }
            ends[news] = nil
            oldestEnds.removeAll { $0 == news }
        }
        return shelf.contains { $0.letter.identity == news } || early.contains { $0.letter.identity == news }
    }

    private mutating func remember(_ letter: Letter) {
        remembered.append(letter.identity)
        if remembered.count > Self.maxRemembered { remembered.removeFirst() }
        highest[letter.session.text] = max(highest[letter.session.text] ?? 0, letter.number)
    }
}
