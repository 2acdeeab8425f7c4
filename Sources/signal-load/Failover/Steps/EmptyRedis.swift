import FailoverHistory

/// F5: Redis loses all its data: FLUSHALL, or a new process on the same port.
struct EmptyRedis: FaultStep {
    let step: Step

    func play(on stage: Stage, round: Int) async throws {
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
        try await stage.watchReturn()
    }
}
