/// What is simulated: how many nodes and peers there are, and how they meet.
package struct Scenario: Sendable {
    package var nodes: Int
    /// A multiple of `Seating.blockPeers`, so that rooms of all sizes are there in the same shares.
    package var peers: Int
    /// Redis primaries.
    package var shards = 1
    /// The share of peers whose socket is not on the node that the edge picks for their room.
    package var strays = 0.05
    package var seed: UInt64 = 1
    /// Of one signal, in bytes.
    package var payloadBytes = 200
    /// While the cluster fills.
    package var joinsPerSecond = 20_000
    /// Seconds that a peer stays, on average.
    package var staySeconds = 600
    /// Signals of one peer per second.
    package var signalsPerPeer = 0.1
    /// Virtual seconds for which each kind of load is watched.
    package var seconds = 10

    package init(nodes: Int, peers: Int) {
        self.nodes = nodes
        self.peers = peers
    }

    package var rooms: Int { peers / Seating.blockPeers * Seating.roomSizes.count }
}
