/// What the survivors of a node ask of Redis.
extension CostStage {
    /// Kills a node more than the cluster has, with rooms that it shares with another one.
    func measureDeath() async throws {
        let (rooms, group, survivors) = (sizes.rooms, newGroup(), cluster.nodes.count)
        try await cluster.grow(to: survivors + 1)
        _ = try await meter.measureIdle(for: .seconds(1))
        let lost = try await peers(.two, "lost", in: group, rooms: rooms)
        let witnesses = try await peers(.two, "witness", in: group, rooms: rooms)
        try await open(lost, node: survivors)
        try await open(witnesses, node: 0)
        (lost + witnesses).say(Words.heartbeat)

        let cost = try await meter.measure(rooms, awaiting: rooms) {
            try await cluster.killLast()
            try await until("everybody hears of the loss", within: CostCluster.lease + .seconds(10)) {
                for peer in witnesses where try await peer.tally().departures == 0 { return false }
                return true
            }
        }
        add(
            "death of a node, \(survivors) survive: per room of it",
            .sweep(survivors: survivors, rooms: rooms), cost)
        witnesses.leave()
    }
}

extension Formula {
    /// The survivor that shares a room sweeps it at once; the one that holds the claim walks all rooms of the dead.
    static func sweep(survivors: Int, rooms: Int) -> Formula {
        // Each survivor asks for the claim when it hears of the death, and some once more with the next heartbeat; the
        // walk asks twice for rooms and once for its end.
        let perDeath = 2 * survivors + 3
        return Formula(
            "2 SWEEP + SREM, and per death 2 N claims + 3", limit: 3 + Double(perDeath) / Double(rooms),
            beyond: "both the survivor that shares the room and the one that walks the dead's index sweep it, so that"
                + " either of them may die; N survivors ask for the walk")
    }
}
