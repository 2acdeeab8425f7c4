import FailoverHistory

/// F1b: SIGKILL of a node whose last heartbeats and joins reach Redis long after its lease has run out.
struct KillAndDelay: FaultStep {
    let step = Step.lateCommands

    /// Clients of the node that dial it anew in its last moments, and are lost with it.
    private static let arrivingShare = 0.3
    /// Later than any view may still list the lost, so that what shows them again cannot be mistaken.
    private static let delay = Duration.seconds(11)

    func play(on stage: Stage, round: Int) async throws {
        // Earlier kills have driven the rooms together: each node has some to lose.
        try await stage.reconnectThroughEdge()
        let node = stage.randomNode()
        let wire = stage.rig.wires[node]
        // From here on nobody hears the node: its lease began to run out before it is killed.
        stage.harm(step, round, .partitionDrop, nodes: [node])
        try await wire.blackhole()
        // A heartbeat is on the wire, then the joins.
        try await Task.sleep(for: .microseconds(stage.timing.heartbeat) + .milliseconds(100))
        let arriving = try await stage.redial(Self.arrivingShare, at: node)
        try await Task.sleep(for: .milliseconds(150))
        try await stage.kill([node], step, round, losing: 0, arriving: arriving)
        let late = ContinuousClock.now + Self.delay
        stage.healed(step, round)
        try await Task.sleep(until: late)
        try await wire.forward()
        try await stage.watchLeave()
        try await stage.restart(node)
        stage.refill()
    }
}
