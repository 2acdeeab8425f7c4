import FailoverHistory
import Foundation

/// F2: SIGTERM and restart of each node in turn.
struct RollingRestart: FaultStep {
    let step = Step.rollingRestart

    func play(on stage: Stage, round: Int) async throws {
        for node in stage.rig.nodes.indices {
            stage.harm(step, round, .terminate, nodes: [node])
            try stage.rig.nodes[node].signal(SIGTERM)
            let began = ContinuousClock.now
            // A node that has to be killed would hide behind the clients' resume.
            guard try await stage.rig.nodes[node].process.ended(within: .seconds(25)) else {
                throw RigFailure("\(stage.rig.nodes[node].name) has not ended 25 s after SIGTERM")
            }
            let drained = (ContinuousClock.now - began).inSeconds
            stage.note(String(format: "%@ ended %.1f s after SIGTERM", stage.rig.nodes[node].name, drained))
            stage.recorder.record(.nodeDown(node: stage.rig.nodes[node].name))
            try await stage.restart(node)
        }
        stage.healed(step, round)
    }
}
