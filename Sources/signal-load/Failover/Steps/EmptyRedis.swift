import FailoverHistory

/// F5: Redis loses all its data: FLUSHALL, or a new process on the same port. Signals wait there for clients that are away.
struct EmptyRedis: FaultStep {
    let step: Step

    /// Clients that are away when it happens.
    static let hiddenShare = 0.2
    /// Since when, so that signals wait for them.
    static let hiddenFor = Duration.seconds(2)

    func play(on stage: Stage, round: Int) async throws {
        try await stage.hide(Self.hiddenShare)
        try await Task.sleep(for: Self.hiddenFor)
        if step == .redisFlush {
            stage.harm(step, round, .redisFlush, nodes: [])
            try await stage.rig.withRedis { try await $0.command("FLUSHALL") }
        } else {
            stage.harm(step, round, .redisRestartEmpty, nodes: [])
            try await stage.rig.withRedis { server in
                try await server.kill()
                try await server.startAgain()
            }
        }
        stage.healed(step, round)
        try await Task.sleep(for: stage.randomDuration(upTo: .seconds(2)))
        try await stage.comeBack()
        try await stage.watchReturn()
    }
}
