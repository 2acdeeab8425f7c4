import FailoverHistory
import Foundation

/// F6: SIGKILL of the Redis primary under Sentinels, while signals wait for clients that are away; its replicas up to
/// date, or two seconds behind (clients leave in these), or refusing at first.
struct FailOverRedis: FaultStep {
    let step: Step
    let rig = Rig.Kind.sentinel

    /// How long the promoted replica listens to nobody: past its promotion, which takes three to four seconds.
    private static let refusal = Duration.seconds(5)

    func play(on stage: Stage, round: Int) async throws {
        if step == .redisFailoverLagging { try await isolateReplicas(of: stage) }
        try await stage.hide(EmptyRedis.hiddenShare)
        if step == .redisFailoverLagging { try await stage.leaveRooms() }
        try await Task.sleep(for: EmptyRedis.hiddenFor)
        let refusing = step == .redisFailoverRefused ? try await refuse(stage) : nil
        let lost = try await Self.killPrimary(of: stage, step, round)
        if step == .redisFailoverLagging { try await signalReplicas(SIGCONT, of: stage) }
        try await refusing?.value
        try await Self.awaitNewPrimary(of: stage, besides: lost)
        stage.healed(step, round)
        try await stage.comeBack()
        try await stage.watchReturn()
        try await stage.rig.withSentinels { try await $0.restart(lost) }
        stage.refill()
    }

    /// Records the harm and does it; answers the place of the killed server.
    static func killPrimary(of stage: Stage, _ step: Step, _ round: Int) async throws -> Int {
        stage.harm(step, round, .redisFailover, nodes: [])
        var lost = 0
        try await stage.rig.withSentinels { lost = try await $0.killPrimary() }
        return lost
    }

    static func awaitNewPrimary(of stage: Stage, besides lost: Int) async throws {
        try await stage.rig.withSentinels { group in
            try await group.awaitFailover(from: lost, within: .seconds(45))
        }
    }

    /// The replicas hear nothing of what follows. Their links end first: what a link has delivered to a stopped process
    /// is still read when it goes on.
    private func isolateReplicas(of stage: Stage) async throws {
        try await signalReplicas(SIGSTOP, of: stage)
        _ = try await stage.rig.primary().pipeline([["CLIENT", "KILL", "TYPE", "replica"]])
    }

    private func signalReplicas(_ number: Int32, of stage: Stage) async throws {
        try await stage.rig.withSentinels { group in
            let primary = try? await group.primary()
            for (index, server) in group.servers.enumerated() where index != primary { try server.signal(number) }
        }
    }

    private func refuse(_ stage: Stage) async throws -> Task<Void, any Error> {
        let primary = try await stage.rig.primary()
        var servers: [RedisServer] = []
        try await stage.rig.withSentinels { servers = $0.servers.filter { $0.address != primary } }
        let replicas = servers
        return Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for replica in replicas { group.addTask { try await replica.refuse(for: Self.refusal) } }
                try await group.waitForAll()
            }
        }
    }
}
