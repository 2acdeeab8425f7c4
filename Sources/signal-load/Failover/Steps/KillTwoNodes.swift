import FailoverHistory
import NIOCore

/// F8: SIGKILL of two nodes; the second one half a second after the first, or when it has reaped the first and swept
/// nothing yet.
struct KillTwoNodes: FaultStep {
    let step = Step.doubleKill
    /// Whether the wires can be slowed, so that the reaper is met.
    var aims = true

    /// How late everything between nodes and Redis is while the reaper is awaited: longer than it takes to kill it.
    private static let latency = TimeAmount.milliseconds(100)

    func play(on stage: Stage, round: Int) async throws {
        // Earlier kills have driven the rooms together: each node has some to lose.
        try await stage.reconnectThroughEdge()
        let first = stage.randomNode()
        let instances = try await stage.leases().instances()
        try await stage.kill([first], step, round, losing: KillNode.lostShare)
        let second: Int
        let isAimed = aims && round.isMultiple(of: 2)
        if isAimed {
            second = try await reaper(of: first, instances, on: stage)
        } else {
            try await Task.sleep(for: .milliseconds(500))
            second = stage.randomNode(besides: first)
        }
        try await stage.kill([second], step, round, losing: KillNode.lostShare)
        if isAimed { for wire in stage.rig.wires { try await wire.forward() } }
        stage.healed(step, round)
        try await stage.watchLeave()
        for node in [first, second] { try await stage.restart(node) }
        stage.refill()
    }

    /// Waits for the moment after the reap.
    private func reaper(of first: Int, _ instances: [String: String], on stage: Stage) async throws -> Int {
        let timing = stage.timing
        // The last heartbeat of the first may be older than its death by a period.
        try await Task.sleep(for: .microseconds(timing.lease - 2 * timing.heartbeat))
        for wire in stage.rig.wires { try await wire.slow(by: Self.latency) }
        let lost = instances[stage.rig.nodes[first].name] ?? ""
        let reaper = try await stage.leases().reaper(of: lost, within: .microseconds(4 * timing.heartbeat))
        return stage.rig.nodes.indices.first { $0 != first && instances[stage.rig.nodes[$0].name] == reaper }
            ?? stage.randomNode(besides: first)
    }
}
