import FailoverHistory
import Foundation

/// F3: SIGSTOP of a node, shorter or longer than its lease, then SIGCONT.
struct PauseNode: FaultStep {
    let step: Step
    let seconds: Double

    func play(on stage: Stage, round: Int) async throws {
        let node = stage.randomNode()
        stage.harm(step, round, .pause, nodes: [node])
        try stage.rig.nodes[node].signal(SIGSTOP)
        try await Task.sleep(for: .seconds(seconds))
        try stage.rig.nodes[node].signal(SIGCONT)
        stage.healed(step, round)
        try await stage.watchReturn()
    }
}
