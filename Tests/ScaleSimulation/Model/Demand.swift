/// What the day of one peer and the lease of one node ask of Redis, in seconds of its CPU per second.
package struct Demand: Sendable {
    /// Of one peer: its joins, leaves and signals.
    package let perPeer: Double
    /// Of one node: its heartbeats, which each primary gets.
    package let perNode: Double

    package init(day: Chapter, peers: Int, prices: PriceList) {
        var commands = day.traffic.commands
        let primaries = Double(day.traffic.primaries.count)
        let beats = Double(commands[.heartbeat]) * prices[.heartbeat].micros / 1_000_000
        perNode = beats / day.seconds / Double(day.traffic.nodes.count) / primaries
        commands[.heartbeat] = 0
        perPeer = prices.cpuSeconds(commands) / day.seconds / Double(peers)
    }

    /// How many peers fill the busiest primary.
    ///
    /// - Parameters:
    ///   - budget: the share of one core that it may use.
    ///   - peersPerNode: how many nodes come with them.
    ///   - largestShare: the part of all rooms' commands that the busiest primary gets.
    package func peers(filling budget: Double, peersPerNode: Double, largestShare: Double = 1) -> Double {
        budget / (perPeer * largestShare + perNode / peersPerNode)
    }
}
