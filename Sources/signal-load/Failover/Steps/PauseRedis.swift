import FailoverHistory
import Foundation

/// F5: SIGSTOP of Redis for longer than a lease, then SIGCONT. Clients move meanwhile: their joins run when nobody waits for
/// them any more.
struct PauseRedis: FaultStep {
    let step = Step.redisPause
    let seconds: Double

    func play(on stage: Stage, round: Int) async throws {
        stage.harm(step, round, .redisPause, nodes: [])
        try await stage.rig.withRedis { try $0.signal(SIGSTOP) }
        try await Task.sleep(for: .seconds(1))
        try await stage.hide(EmptyRedis.hiddenShare)
        try await stage.comeBack()
        try await Task.sleep(for: .seconds(seconds - 1))
        try await stage.rig.withRedis { try $0.signal(SIGCONT) }
        stage.healed(step, round)
        try await stage.watchReturn()
    }
}
