import FailoverHistory

/// F9: SIGKILL of a node and of the Redis primary at once: both copies of a signal may be lost.
struct KillAndFailOver: FaultStep {
    let step = Step.killAndFailover
    let rig = Rig.Kind.sentinel

    func play(on stage: Stage, round: Int) async throws {
        let node = stage.randomNode()
        let lost = try await FailOverRedis.killPrimary(of: stage, step, round)
        try await stage.kill([node], step, round, losing: KillNode.lostShare)
        try await FailOverRedis.awaitNewPrimary(of: stage, besides: lost)
        stage.healed(step, round)
        try await stage.watchLeave()
        try await stage.rig.withSentinels { try await $0.restart(lost) }
        try await stage.restart(node)
        stage.refill()
    }
}
