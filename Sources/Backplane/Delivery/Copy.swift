import NIOCore
import SignalDomain

/// A reliable signal that a peer of this node sent, kept until its outcome is final.
struct Copy: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// With an attached receiver of this node, and nowhere else.
        case here
        /// To be submitted as soon as the shared state and the room allow it.
        case waiting
        /// A SEND is under way.
        case submitted
        /// In the inbox of the receiver.
        case stored
    }

    var letter: Letter
    let pair: Pair
    /// The session that it is meant for, once that is known.
    var receiver: SessionID?
    var state: State
    /// Milliseconds of the caller's clock. What was promised does not age while the shared state is away.
    var since: Int64
    /// Whether the sender was told that it is stored: then only a final outcome may follow.
    var isPromised = false
    /// Submitted before, without an effect that lasted: it goes alone, for the shared state may refuse it again.
    var isRepeated = false
    /// Not taken by the shared state when its client had it already: only the client's receipt or time ends it.
    var isRefused = false
    /// On which connection of its sender the client sent it last.
    var sentOn: ConnectionID?
    /// When a copy that the shared state did not take is submitted again.
    var retryAt: Int64 = 0

    var bytes: Int { letter.payload.readableBytes }
}

/// One sender's session and one peer that it sends to: between them signals keep their order.
struct Pair: Hashable, Sendable {
    let room: RoomKey
    let from: PeerID
    let session: SessionID
    let to: PeerID

    var sender: Place { Place(room: room, peer: from) }
    var target: Place { Place(room: room, peer: to) }
}

/// All copies of a node, by number, which is the order of their sending.
struct Copies: Hashable, Sendable {
    private struct Key: Hashable {
        let pair: Pair
        let id: String
    }

    private var copies: [UInt64: Copy] = [:]
    private var numbers: [Key: UInt64] = [:]
    private(set) var pairs: [Pair: [UInt64]] = [:]
    private var rooms: [RoomKey: Set<Pair>] = [:]
    /// Pairs by the place that they send to.
    private var targets: [Place: Set<Pair>] = [:]
    private var bytesOfSession: [SessionID: Int] = [:]
    private(set) var bytes = 0
    private var last: UInt64 = 0

    var isEmpty: Bool { copies.isEmpty }
    var count: Int { copies.count }
    var all: [UInt64] { copies.keys.sorted() }

    subscript(number: UInt64) -> Copy? {
        get { copies[number] }
        set { if newValue != nil { copies[number] = newValue } }
    }

    func bytes(of session: SessionID) -> Int { bytesOfSession[session] ?? 0 }

    func number(of id: String, _ pair: Pair) -> UInt64? { numbers[Key(pair: pair, id: id)] }

    /// Pairs that have copies, by the age of the first.
    var allPairs: [Pair] { sorted(pairs.keys) }

    func pairs(in room: RoomKey) -> [Pair] { sorted(rooms[room] ?? []) }

    func sorted(_ some: some Sequence<Pair>) -> [Pair] {
        some.sorted { (pairs[$0]?.first ?? 0) < (pairs[$1]?.first ?? 0) }
    }

    /// Copies whose SEND to this place is under way.
    func submitted(to place: Place) -> Set<UInt64> {
        let numbers = (targets[place] ?? []).flatMap { pairs[$0] ?? [] }
        return Set(numbers.filter { copies[$0]?.state == .submitted })
    }

    /// The copies between two, oldest first.
    func numbers(of pair: Pair) -> [UInt64] { pairs[pair] ?? [] }

    mutating func nextNumber() -> UInt64 {
        last += 1
        return last
    }

    mutating func insert(_ copy: Copy) {
        copies[copy.letter.number] = copy
        numbers[Key(pair: copy.pair, id: copy.letter.id)] = copy.letter.number
        pairs[copy.pair, default: []].append(copy.letter.number)
        rooms[copy.pair.room, default: []].insert(copy.pair)
        targets[copy.pair.target, default: []].insert(copy.pair)
        bytesOfSession[copy.pair.session, default: 0] += copy.bytes
        bytes += copy.bytes
    }

    @discardableResult
    mutating func remove(_ number: UInt64) -> Copy? {
        guard let copy = copies.removeValue(forKey: number) else { return nil }
        numbers[Key(pair: copy.pair, id: copy.letter.id)] = nil
        pairs[copy.pair]?.removeAll { $0 == number }
        if pairs[copy.pair]?.isEmpty == true {
            pairs[copy.pair] = nil
            rooms[copy.pair.room]?.remove(copy.pair)
            if rooms[copy.pair.room]?.isEmpty == true { rooms[copy.pair.room] = nil }
            targets[copy.pair.target]?.remove(copy.pair)
            if targets[copy.pair.target]?.isEmpty == true { targets[copy.pair.target] = nil }
        }
        bytes -= copy.bytes
        let left = bytes(of: copy.pair.session) - copy.bytes
        bytesOfSession[copy.pair.session] = left > 0 ? left : nil
        return copy
    }

    /// Whether a later copy between the same two is in the inbox, or on its way there.
    func isOvertaken(_ number: UInt64) -> Bool {
        guard let copy = copies[number] else { return false }
        return numbers(of: copy.pair).contains { later in
            later > number && (copies[later]?.state == .submitted || copies[later]?.state == .stored)
        }
    }

    /// Has a copy submitted again, not before `retryAt`.
    mutating func repeatLater(_ number: UInt64, at retryAt: Int64) {
        copies[number]?.state = .waiting
        copies[number]?.isRepeated = true
        copies[number]?.retryAt = retryAt
    }

    /// What was promised is younger by the time in which nothing could be done for it.
    mutating func rejuvenate(by milliseconds: Int64) {
        for (number, copy) in copies where copy.isPromised { copies[number]?.since += milliseconds }
    }
}
