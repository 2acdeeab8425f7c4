import SignalDomain
import Synchronization

/// The decisions of moderators as this node knows them. Safe from any thread: one `Mutex`, held for a look-up.
final class ModerationBoard: Sendable {
    /// For how long a lifting is remembered, in milliseconds.
    static let liftedMs: Int64 = 86_400_000

    private let sanctions = Mutex(Sanctions())
    private let map: ShardMap

    init(map: ShardMap) { self.map = map }

    /// Which shards keep a decision: that of its room, or all.
    func shards(of sanction: Sanction) -> [Int] {
        sanction.room.map { [map.shard(of: $0)] } ?? Array(map.names.indices)
    }

    /// What holds for a peer in a room.
    ///
    /// - Parameter address: asked for the keyed hash of the client's address, if any decision is about one.
    func verdict(
        on principal: Principal, peer: PeerID?, in room: RoomKey, now: Int64, address: () -> String
    ) -> Sanctions.Verdict {
        sanctions.withLock { sanctions in
            guard !sanctions.isEmpty else { return .free }
            return sanctions.verdict(
                on: principal, peer: peer, address: sanctions.concernsAddresses ? address() : nil, in: room, now: now)
        }
    }

    /// The newest stamp that is known of a decision; 0 = none.
    func stamp(of id: String) -> Int64 { sanctions.withLock { $0.entry(id)?.stamp ?? 0 } }

    /// The blocks that hold, in the order of their ids.
    func blocks(now: Int64) -> [SanctionEntry] {
        sanctions.withLock { $0.blocks }.filter { $0.sanction.isInForce(at: now) }
    }

    /// Takes a decision over; false when it is not news.
    func apply(_ entry: SanctionEntry) -> Bool { sanctions.withLock { $0.apply(entry) } }

    /// Takes over what a shard holds, and answers what it lost.
    func merge(_ stored: [SanctionEntry], of shard: Int, now: Int64) -> [SanctionEntry] {
        sanctions.withLock { sanctions in
            sanctions.prune(now: now, liftedMs: Self.liftedMs)
            return sanctions.merge(stored, now: now) { self.shards(of: $0).contains(shard) }
        }
    }

    func prune(now: Int64) { sanctions.withLock { $0.prune(now: now, liftedMs: Self.liftedMs) } }
}
