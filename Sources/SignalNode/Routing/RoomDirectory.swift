import Backplane
import SignalDomain
import Synchronization

/// Where the members of each room are: on which loops of this node, and on which other nodes.
///
/// Safe from any thread: one `Mutex` guards the table, one more each route; both are held for a look-up only.
final class RoomDirectory: Sendable {
    private let routes = Mutex<[RoomKey: RoomRoute]>([:])

    var roomCount: Int { routes.withLock { $0.values.count { !$0.targets.shards.isEmpty } } }

    func route(of key: RoomKey) -> RoomRoute? { routes.withLock { $0[key] } }

    func enter(_ key: RoomKey, shard: Int) -> RoomRoute {
        routes.withLock { routes in
            let route = routes[key] ?? RoomRoute()
            routes[key] = route
            route.update { $0.shards.insert(shard) }
            return route
        }
    }

    func exit(_ key: RoomKey, shard: Int) {
        routes.withLock { routes in
            guard let route = routes[key] else { return }
            if route.update({ $0.shards.remove(shard) }).isEmpty { routes[key] = nil }
        }
    }

    /// The members of the room on other nodes.
    func setMembersElsewhere(_ count: Int, in key: RoomKey) {
        guard let route = route(of: key), route.targets.membersElsewhere != count else { return }
        route.update { $0.membersElsewhere = count }
    }

    /// The other nodes that hold members of the room, as the membership machine tells them.
    func setInterest(_ nodes: [NodeInstance], in key: RoomKey) {
        routes.withLock { routes in
            let route = routes[key] ?? RoomRoute()
            routes[key] = route.update { $0.nodes = nodes }.isEmpty ? nil : route
        }
    }
}

/// The targets of one room's signals.
final class RoomRoute: Sendable {
    struct Targets {
        var shards = ShardSet()
        var nodes: [NodeInstance] = []
        /// Members on this node.
        var membersHere = 0
        /// Members on `nodes`, as of the last broadcast that went there.
        var membersElsewhere = 0
        var members: Int { membersHere + (nodes.isEmpty ? 0 : membersElsewhere) }
        var isEmpty: Bool { shards.isEmpty && nodes.isEmpty }
    }

    private let state = Mutex(Targets())

    var targets: Targets { state.withLock { $0 } }

    /// Members of the room wherever they are, as of the last broadcast that went to other nodes.
    var members: Int { state.withLock { $0.members } }

    /// Where the room is besides one loop of this node.
    func targets(besides shard: Int) -> Targets {
        var targets = self.targets
        targets.shards.remove(shard)
        return targets
    }

    /// Changes the targets and answers what they are now.
    @discardableResult
    func update(_ body: (inout Targets) -> Void) -> Targets {
        state.withLock { targets in
            body(&targets)
            return targets
        }
    }
}

/// The indices of some of a node's event loops, of which there are at most 64.
struct ShardSet: Sendable, Hashable, Sequence, IteratorProtocol {
    static let maxShards = 64

    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ index: Int) { bits |= 1 << UInt64(index) }
    mutating func remove(_ index: Int) { bits &= ~(1 << UInt64(index)) }

    /// Takes the lowest index out.
    mutating func next() -> Int? {
        guard bits != 0 else { return nil }
        defer { bits &= bits - 1 }
        return bits.trailingZeroBitCount
    }
}
