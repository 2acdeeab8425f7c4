public import Backplane
import SignalDomain

/// The shards of the cluster: each room lives on exactly one, and each shard has a life of its own, so that one that is
/// away degrades only its rooms. Immutable, safe from any thread.
struct ShardedCluster: Sendable {
    let map: ShardMap
    /// In the order of `map.names`.
    private let clusters: [Cluster]

    init(map: ShardMap, clusters: [Cluster]) {
        self.map = map
        self.clusters = clusters
    }

    subscript(room: RoomKey) -> Cluster { clusters[map.shard(of: room)] }

    /// Where the things of somebody are kept who has them in many rooms.
    subscript(holder holder: String) -> Cluster { clusters[map.shard(ofKey: holder)] }
    /// - Parameter shard: a place in `map.names`.
    func cluster(_ shard: Int) -> Cluster { clusters[shard] }

    /// How many shards there are.
    var count: Int { clusters.count }

    func describe(_ info: NodeInfo) {
        for cluster in clusters { cluster.describe(info) }
    }

    func start() {
        for cluster in clusters { cluster.start() }
    }

    func retire(leaseMs: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for cluster in clusters { group.addTask { await cluster.retire(leaseMs: leaseMs) } }
        }
    }
}

extension Node {
    /// One of the places where the cluster's state lives.
    public struct Shard {
        /// Decides with the other names which rooms it holds.
        public var name: String
        public var backplane: any Backplane
        #if DEBUG
            /// Rules that the machine of this shard lacks, to show what each of them prevents.
            package var withoutGuards: Guards = []
        #endif

        public init(name: String, backplane: any Backplane) {
            self.name = name
            self.backplane = backplane
        }
    }
}
