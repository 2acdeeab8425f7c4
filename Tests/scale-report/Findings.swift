import ScaleSimulation

/// All that the page tells.
struct Findings {
    static let peersPerNode = 10_000.0
    static let budgets = [0.6, 1.0]

    /// What a day costs with another share of strays, at a smaller size.
    struct Placement {
        let strays: Double
        /// Nodes per room, on average.
        let nodesPerRoom: Double
        let loaded: Demand
        let oneByOne: Demand
    }

    /// How the commands of the rooms fall on several primaries.
    struct Sharding {
        let shards: Int
        let joins: Int
        let smallestShare: Double
        let largestShare: Double
        let commandsPerNode: Double
    }

    let story: Story
    let prices: PriceList
    /// Bytes per peer in the machines of its node: silent, and after all chapters.
    let silentBytes: Double
    let busyBytes: Double
    let placements: [Placement]
    let shardings: [Sharding]

    static func gather(_ scenario: Scenario, say: (String) -> Void) throws -> Findings {
        say("measuring a Redis under load …")
        let prices = try RedisPrices.measure(strays: scenario.strays)
        let placements = try [0, scenario.strays, 0.2, 1].map { strays in
            say("a day with \(Int(strays * 100)) % of the peers astray …")
            // Without strays hardly anything but joins and leaves is left to price.
            return try placement(scenario, strays: strays, strays <= scenario.strays ? prices : nil)
        }
        let simulation = Simulation(scenario)
        let story = Story(of: simulation, say: say)
        let busyBytes = Double(simulation.weighNodes(allocatedBytes)) / Double(scenario.peers)
        var silentBytes = 0.0
        let shardings = [2, 4, 8].map { shards in
            say("\(shards) shards …")
            var half = scenario
            half.nodes /= 2
            half.peers /= 2
            half.shards = shards
            let simulation = Simulation(half)
            let sharding = sharding(simulation)
            if shards == 2 { silentBytes = Double(simulation.weighNodes(allocatedBytes)) / Double(half.peers) }
            return sharding
        }
        return Findings(
            story: story, prices: prices, silentBytes: silentBytes, busyBytes: busyBytes, placements: placements,
            shardings: shardings)
    }

    private static func placement(_ whole: Scenario, strays: Double, _ known: PriceList?) throws -> Placement {
        var scenario = whole
        scenario.peers = whole.peers / 10
        scenario.strays = strays
        let prices = try known ?? RedisPrices.measure(strays: strays)
        let simulation = Simulation(scenario)
        _ = simulation.fill()
        let nodesPerRoom = Double(simulation.model.shares) / Double(scenario.rooms)
        let day = simulation.day()
        return Placement(
            strays: strays, nodesPerRoom: nodesPerRoom,
            loaded: Demand(day: day, peers: scenario.peers, prices: prices),
            oneByOne: Demand(day: day, peers: scenario.peers, prices: .oneByOne))
    }

    private static func sharding(_ simulation: Simulation) -> Sharding {
        let joins = simulation.fill()
        let commands = joins.traffic.primaries.map { Double($0.commands.sum - $0.commands[.heartbeat]) }
        let all = commands.reduce(0, +)
        return Sharding(
            shards: simulation.scenario.shards, joins: joins.events, smallestShare: (commands.min() ?? 0) / all,
            largestShare: (commands.max() ?? 0) / all, commandsPerNode: simulation.idle().commandsPerNode.average)
    }
}
