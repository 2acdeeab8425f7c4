import ScaleSimulation

/// The sections about what happens and what it costs.
extension Findings {
    var sections: [String] {
        [
            "## What it costs", chapterTable, rateTable, breakage, "## Memory of a node", memory,
            "## Where one Redis is full", priceTable, fullness, "## How shards move it", shardTable,
        ].map(Figures.wrapped)
    }

    private var scenario: Scenario { story.scenario }

    /// Counted beside the formulas.
    private var chapterTable: String {
        let rows = [story.joins, story.directed, story.broadcasts, story.reliable].map { chapter in
            let commands = chapter.commandsWithoutBeats
            let model = chapter.expectedCommands.sum - chapter.expectedCommands[.heartbeat]
            let confirms = chapter.traffic.commands[.confirm]
            return [
                chapter.title, Figures.whole(chapter.events), Figures.whole(commands),
                Figures.whole(model) + (confirms > 0 ? " + \(Figures.whole(confirms)) CONF" : ""),
                Figures.short(Double(commands) / Double(chapter.events)),
                Figures.short(Double(chapter.framesWithoutEchoes) / Double(chapter.events)),
            ]
        }
        let crossing = Double(story.directed.remoteSignals) / Double(story.directed.events)
        return """
            \(Figures.whole(scenario.peers)) peers, \(Figures.whole(scenario.rooms)) rooms, \(scenario.nodes) nodes, one \
            primary. \(Figures.whole(story.shares)) pairs of a room and a node that holds it, so k is \
            \(Figures.short(Double(story.shares) / Double(scenario.rooms))) on average; \(Figures.percent(crossing)) of the \
            directed signals go to another node. Heartbeats are left out here:

            \(Figures.table(["", "events", "commands", "by the formulas", "commands per event", "frames per event"], rows))

            A join is JOIN and, once the client speaks, UPDATE; the first of its node SADD, and SYNC if others are there. A \
            signal that stays on its node is no command at all. A reliable one that does not is SEND, and CONF, which bursts \
            to one session share.
            """
    }

    private var rateTable: String {
        let chapters = [story.joins, story.idle, story.directed, story.broadcasts, story.reliable, story.day]
        let rows = chapters.map { chapter -> [String] in
            let events = Figures.short(Double(chapter.events) / chapter.seconds / 1_000) + "k"
            let bytes = chapter.frameBytesPerNode
            return [
                chapter.title, chapter.title == story.idle.title ? "–" : events, pair(chapter.commandsPerNode),
                pair(chapter.framesPerNode), pair((bytes.average / 1_000, bytes.most / 1_000)),
                pair(chapter.messagesPerNode),
            ]
        }
        let head = [
            "per node and second: average / most", "events/s", "commands", "frames in", "kB in",
            "messages to its clients",
        ]
        return """
            \(Figures.table(head, rows))

            "A day" is the mix by which Redis is judged below: stays of \(scenario.staySeconds / 60) minutes, one signal per \
            peer every \(Int(1 / scenario.signalsPerPeer)) s, of which five in ten go to one peer, two to one peer with an \
            outcome, three to the room.
            """
    }

    private var breakage: String {
        let (death, empty) = (story.death, story.empty)
        let commands = death.chapter.traffic.commands
        let job =
            commands[.sweep] + commands[.unindex] + commands[.claim] + commands[.roomsOfDead] + commands[.finishSweep]
        var comeback = commands
        for kind in [CommandKind.sweep, .unindex, .claim, .roomsOfDead, .finishSweep, .heartbeat] { comeback[kind] = 0 }
        let cpu = prices.cpuSeconds(commands) - prices.cpuSeconds(beats(of: death.chapter))
        return """
            **A node dies** with \(Figures.whole(death.chapter.events)) peers in \(Figures.whole(death.rooms)) rooms. They \
            come back within 8 s: \(Figures.whole(death.chapter.outcomes.resumed)) in time to resume, \
            \(Figures.whole(death.late)) after the lease. Sweep and walk are \(Figures.whole(job)) commands \
            (\(Figures.short(Double(job) / Double(death.rooms))) per room of the dead; the \(scenario.nodes - 1) survivors ask \
            \(commands[.claim]) times for the walk), the return is \(Figures.whole(comeback.sum)). Together \
            \(Figures.short(cpu)) s of Redis' CPU. Rooms that somebody sees wrongly afterwards: \(story.wrongAfterDeath).

            **Redis comes back empty.** Every node announces all it holds: \(Figures.whole(empty.commandsWithoutBeats)) \
            commands, three per room and node that holds it and one registration per node, \
            \(Figures.short(prices.cpuSeconds(empty.traffic.commands))) s of its CPU. Until these are over joins share it with \
            at most 64 repairs per node. Rooms that somebody sees wrongly afterwards: \(story.wrongAfterEmpty).
            """
    }

    private func beats(of chapter: Chapter) -> Counts<CommandKind> {
        var beats = Counts<CommandKind>()
        beats[.heartbeat] = chapter.traffic.commands[.heartbeat]
        return beats
    }

    private var memory: String {
        let perNode = Double(scenario.peers) / Double(scenario.nodes)
        return """
            | bytes in the cluster machine | silent | after all of the above |
            |---|--:|--:|
            | per peer, its part of its room included | \(Figures.whole(silentBytes)) | \(Figures.whole(busyBytes)) |
            | per node of \(Figures.whole(perNode)) peers | \(Figures.short(silentBytes * perNode / 1_000_000)) MB | \
            \(Figures.short(busyBytes * perNode / 1_000_000)) MB |

            Allocated bytes, as the allocator counts them when the machines are let go of. Sockets and sessions come on top \
            ([performance.md](performance.md)). What is more after traffic are the last letters that each session remembers, \
            by which it knows repetitions.
            """
    }

    private func pair(_ values: (average: Double, most: Double)) -> String {
        "\(Figures.short(values.average)) / \(Figures.short(values.most))"
    }
}
