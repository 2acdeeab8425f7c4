import FailoverHistory

/// F7: one node more, and the edge reloads: only rooms of the new node move.
struct ReloadEdge: FaultStep {
    let step = Step.edgeReload

    func play(on stage: Stage, round: Int) async throws {
        // Every room to where the ring of now has it.
        try await stage.reconnectThroughEdge()
        let before = try await stage.roomsAcrossNodes()
        stage.harm(step, round, .edgeReload, nodes: [])
        try await stage.rig.addNode()
        if let node = stage.rig.nodes.last { stage.recorder.record(.nodeUp(node: node.name)) }
        stage.healed(step, round)
        try await stage.reconnectThroughEdge()
        let after = try await stage.roomsAcrossNodes()
        stage.note("rooms on more than one node: \(before.across) of \(before.all) before, \(after.across) after")
    }
}
