import FailoverHistory

/// F1: SIGKILL of a node. Some of its clients are lost with it, the others resume elsewhere.
struct KillNode: FaultStep {
    let step = Step.kill
    /// Clients of the node that never come back, so that somebody is left to be missed.
    static let lostShare = 0.2

    func play(on stage: Stage, round: Int) async throws {
        let node = stage.randomNode()
        try await stage.kill([node], step, round, losing: Self.lostShare)
        stage.healed(step, round)
        try await stage.watchLeave()
        try await stage.restart(node)
        stage.refill()
    }
}
