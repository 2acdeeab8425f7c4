import SignalDomain

/// What the last question for the changes of a room found, and what has gone since: a removal leaves no record behind
/// that could be read later.
struct RendezvousWatch: Hashable, Sendable {
    /// How long a watch outlives the last question, and a removal can be read, in milliseconds.
    static let keptMs: Int64 = 600_000

    /// Differs whenever somebody may have come or gone.
    var mark: String
    var seen: Set<PeerID>
    var removed: [PeerID: Int64] = [:]
    var askedMs: Int64
}

extension SharedState {
    /// How long a watch outlives the last question, and a removal can be read, in milliseconds.
    package static var watchKeptMs: Int64 { RendezvousWatch.keptMs }

    mutating func changes(
        of key: RoomKey, after: Int64, limit: Int, _ clock: Clock
    ) -> RendezvousChanges {
        let now = Timestamp(milliseconds: clock.millis)
        _ = rendezvous[key]?.prune(now: now)
        let records = rendezvous[key]?.entries(now: now) ?? []
        let members = rooms[key]?.members ?? [:]
        note(records, members, in: key, clock)

        let declared = Self.firstNumbers(of: records.map { ($0.peer, $0.change) }, after, limit)
        let connected = Self.firstNumbers(
            of: members.map { ($0.key, Int64(clamping: $0.value.generation)) }, after, limit)
        let gone = Self.firstNumbers(of: (watches[key]?.removed ?? [:]).map { ($0.key, $0.value) }, after, limit)
        let lists = [declared, connected, gone]
        let full = lists.filter { $0.count == limit }.compactMap { $0.last?.number }
        let through = full.min() ?? lists.compactMap { $0.last?.number }.max() ?? after
        let byPeer = Dictionary(uniqueKeysWithValues: records.map { ($0.peer, $0) })
        var changes = declared.compactMap { byPeer[$0.peer].map(RendezvousChange.registered) }
        for (peer, _) in connected where byPeer[peer] == nil {
            guard let record = members[peer] else { continue }
            changes.append(.registered(RendezvousEntry(member: peer, record, now: now)))
        }
        changes += gone.map { RendezvousChange.removed($0.peer, change: $0.number) }
        return RendezvousChanges(changes, through: through, hasMore: !full.isEmpty)
    }

    /// Writes down who is gone since the last question.
    private mutating func note(
        _ records: [RendezvousEntry], _ members: [PeerID: MemberRecord], in key: RoomKey, _ clock: Clock
    ) {
        let top = records.map(\.change).max() ?? 0
        let mark = "\(rooms[key]?.version ?? 0)/\(top)/\(records.count)"
        let present = Set(records.map(\.peer)).union(members.keys)
        let known = watches[key].flatMap { clock.millis - $0.askedMs < RendezvousWatch.keptMs ? $0 : nil }
        var watch = known ?? RendezvousWatch(mark: mark, seen: present, askedMs: clock.millis)
        watch.askedMs = clock.millis
        watch.removed = watch.removed.filter { $0.value > clock.micros - RendezvousWatch.keptMs * 1_000 }
        if watch.mark != mark {
            var last = max(
                top, members.values.map { Int64(clamping: $0.generation) }.max() ?? 0, watch.removed.values.max() ?? 0)
            for peer in watch.seen.subtracting(present).sorted(by: { $0.text < $1.text }) {
                last = max(clock.micros, last + 1)
                watch.removed[peer] = last
            }
            watch.seen = present
            watch.mark = mark
        }
        watches[key] = watch
    }

    private static func firstNumbers(
        of numbers: [(peer: PeerID, number: Int64)], _ after: Int64, _ limit: Int
    ) -> [(peer: PeerID, number: Int64)] {
        Array(
            numbers.filter { $0.number > after }
                .sorted { ($0.number, $0.peer.text) < ($1.number, $1.peer.text) }.prefix(limit))
    }
}
