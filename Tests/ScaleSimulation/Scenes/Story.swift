/// All chapters of one cluster, one after the other, and whether everybody agreed in the end of each half.
package struct Story: Sendable {
    package let scenario: Scenario
    package let joins: Chapter
    package let idle: Chapter
    package let directed: Chapter
    package let broadcasts: Chapter
    package let reliable: Chapter
    package let empty: Chapter
    /// Pairs of a room and a node that holds it, when Redis came back empty.
    package let shares: Int
    /// Rooms whose shared state or some view of them was wrong after that.
    package let wrongAfterEmpty: Int
    package let day: Chapter
    package let death: Death
    package let wrongAfterDeath: Int

    /// - Parameter say: gets a line of progress.
    package init(of simulation: Simulation, say: (String) -> Void = { _ in }) {
        scenario = simulation.scenario
        say("\(scenario.peers) peers join \(scenario.rooms) rooms on \(scenario.nodes) nodes …")
        joins = simulation.fill()
        say("they are silent …")
        idle = simulation.idle()
        say("they signal …")
        directed = simulation.directed()
        broadcasts = simulation.broadcasts()
        reliable = simulation.reliable()
        say("Redis comes back empty …")
        shares = simulation.model.shares
        empty = simulation.emptyRedis()
        wrongAfterEmpty = simulation.wrongRooms
        say("a day …")
        day = simulation.day()
        say("a node dies …")
        death = simulation.killNode(scenario.nodes / 2)
        wrongAfterDeath = simulation.wrongRooms
    }

    package var chapters: [Chapter] { [joins, idle, directed, broadcasts, reliable, day, death.chapter, empty] }
    package var faults: [String: Int] { death.chapter.outcomes.faults }
}

extension Simulation {
    /// Rooms of which the shared state, or a node that holds them, knows other members than there are.
    package var wrongRooms: Int {
        (0..<scenario.rooms).count { room in
            let present = Seating.peers(of: room).count { seating.seats[$0].isIn }
            return memberCount(of: room) != present || viewCounts(of: room).contains { $0 != present }
        }
    }
}

extension Simulation {
    /// Lets go of what Redis holds, then of what the nodes hold: what they have in common counts for the nodes, which in
    /// production share nothing with Redis. Nothing goes on after this.
    ///
    /// - Parameter used: the bytes that the process has allocated.
    /// - Returns: the bytes of all nodes.
    package func weighNodes(_ used: () -> Int) -> Int {
        states = []
        let before = used()
        nodes = []
        return before - used()
    }
}
