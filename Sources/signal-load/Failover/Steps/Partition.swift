import FailoverHistory

/// F4: the wire between one node and Redis loses everything, or is reset and refused.
struct Partition: FaultStep {
    let step: Step
    let seconds: Double

    func play(on stage: Stage, round: Int) async throws {
        let node = stage.randomNode()
        let wire = stage.rig.wires[node]
        if step == .partitionDrop {
            stage.harm(step, round, .partitionDrop, nodes: [node])
            try await wire.blackhole()
        } else {
            stage.harm(step, round, .partitionReset, nodes: [node])
            try await wire.reset()
        }
        try await Task.sleep(for: .seconds(seconds))
        try await wire.forward()
        stage.healed(step, round)
        try await stage.watchReturn()
    }
}
