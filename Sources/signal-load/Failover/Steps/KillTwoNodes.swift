import FailoverHistory

/// F8: SIGKILL of two nodes; the second one half a second after the first, or while it sweeps the first one's rooms.
struct KillTwoNodes: FaultStep {
    let step = Step.doubleKill

    func play(on stage: Stage, round: Int) async throws {
        let first = stage.randomNode()
        let second = stage.randomNode(besides: first)
        try await stage.kill([first], step, round, losing: KillNode.lostShare)
        let lease = stage.timing.lease
        let sweeping = Duration.microseconds(lease) + stage.randomDuration(upTo: .microseconds(stage.timing.heartbeat))
        try await Task.sleep(for: round.isMultiple(of: 2) ? sweeping : .milliseconds(500))
        try await stage.kill([second], step, round, losing: KillNode.lostShare)
        stage.healed(step, round)
        try await stage.watchLeave()
        for node in [first, second] { try await stage.restart(node) }
        stage.refill()
    }
}
