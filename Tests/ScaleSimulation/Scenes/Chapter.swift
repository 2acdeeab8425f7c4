/// A part of the story, and what it cost.
package struct Chapter: Sendable {
    package let title: String
    /// Virtual seconds.
    package let seconds: Double
    /// Joins, signals or whatever the chapter is about.
    package let events: Int
    package let traffic: Traffic
    /// By the cost model; only what it speaks of.
    package let expectedCommands: Counts<CommandKind>
    package let expectedFrames: Counts<FrameKind>
    package let remoteSignals: Int
    package let outcomes: Simulation.Outcomes

    /// Commands per node and virtual second, on average and at the busiest node.
    package var commandsPerNode: (average: Double, most: Double) { perNode(\.commands) }
    package var framesPerNode: (average: Double, most: Double) { perNode(\.frames) }
    package var frameBytesPerNode: (average: Double, most: Double) { perNode(\.frameBytes) }
    package var messagesPerNode: (average: Double, most: Double) { perNode(\.messages) }

    private func perNode(_ value: (Traffic.Node) -> Int) -> (average: Double, most: Double) {
        let values = traffic.nodes.map(value)
        let average = Double(values.reduce(0, +)) / Double(values.count)
        return (average / seconds, Double(values.max() ?? 0) / seconds)
    }

    /// What there was besides leases and their echoes.
    package var commandsWithoutBeats: Int { traffic.commands.sum - traffic.commands[.heartbeat] }
    package var framesWithoutEchoes: Int { traffic.frames.sum - traffic.frames[.echo] }
}

extension Simulation {
    /// Plays one chapter; `body` answers how many events there were.
    func chapter(_ title: String, _ body: () -> Int) -> Chapter {
        let (before, modelled, start, seen) = (traffic, model, now, outcomes)
        let events = body()
        var outcomes = outcomes
        outcomes.welcomed -= seen.welcomed
        outcomes.resumed -= seen.resumed
        outcomes.delivered -= seen.delivered
        outcomes.handedOver -= seen.handedOver
        outcomes.received -= seen.received
        return Chapter(
            title: title, seconds: Double(now - start) / 1_000, events: events, traffic: traffic - before,
            expectedCommands: model.commands - modelled.commands, expectedFrames: model.frames - modelled.frames,
            remoteSignals: model.remoteSignals - modelled.remoteSignals, outcomes: outcomes)
    }

    /// Lets `perSecond` events happen, evenly, for as long as each kind of load is watched.
    func load(perSecond: Double, seconds: Int, _ event: () -> Void) -> Int {
        var done = 0
        pass(Int64(seconds) * 1_000) { elapsed in
            let due = Int(perSecond * Double(elapsed) / 1_000)
            while done < due {
                event()
                done += 1
            }
        }
        return done
    }
}
