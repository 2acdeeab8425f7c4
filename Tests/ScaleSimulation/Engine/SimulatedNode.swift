import Backplane
import SignalDomain

/// One node: a cluster machine per shard, as in production, and what its runner keeps.
struct SimulatedNode {
    var machines: [ClusterMachine]
    /// The present connection to each shard.
    var generations: [UInt64]
    /// Instances so far, per shard.
    var lives: [UInt64]
    /// When the next heartbeat to each shard is due.
    var nextBeats: [Int64]
    /// Other nodes that hold rooms of this one.
    var interest: [RoomKey: [NodeInstance]] = [:]
    var isAlive = true

    init(_ index: Int, shards: Int) {
        machines = (0..<shards).map { shard in
            let node = Self.instance(of: index, shard: shard, life: 0)
            return ClusterMachine(
                membership: Membership(node: node, info: NodeInfo(name: "node-\(index)", version: "1")))
        }
        generations = Array(repeating: 0, count: shards)
        lives = Array(repeating: 0, count: shards)
        nextBeats = Array(repeating: 0, count: shards)
    }

    static func instance(of index: Int, shard: Int, life: UInt64) -> NodeInstance {
        NodeInstance(bits: life << 32 | UInt64(shard) << 24 | UInt64(index + 1))
    }
}

/// One machine of the cluster: a node's part in one shard.
struct Part: Hashable {
    var node: Int
    var shard: Int
}
