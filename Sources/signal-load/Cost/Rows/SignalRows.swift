/// Signals between peers of one node and of several.
extension CostStage {
    func measureSignals() async throws {
        try await measureLocalSignals()
        try await measureDirected()
        for nodes in 2...3 { try await measureBroadcasts(over: nodes) }
        try await measureReliable()
    }

    private func measureLocalSignals() async throws {
        for dialect in Peer.Dialect.allCases {
            let room = newGroup()
            let sender = try await resident(dialect, "sender", in: room, node: 0)
            let receiver = try await resident(dialect, "receiver", in: room, node: 0)
            let count = sizes.signals
            func measured(_ word: @escaping (Int) -> String) async throws -> EventCost {
                try await meter.measure(count, publisher: .nodes) {
                    try await send(count, from: sender, to: [receiver], pace: .every(.milliseconds(5)), word)
                }
            }
            add("dialect \(dialect.rawValue): broadcast, all on one node", .local, try await measured(Words.broadcast))
            if dialect == .two {
                let name = receiver.name
                add("directed, on one node", .local, try await measured { Words.directed($0, to: name) })
                let reliable = try await meter.measure(count, publisher: .nodes) {
                    try await sendReliable(count, from: sender, to: receiver, every: .milliseconds(5))
                }
                add("reliable with receipt, on one node", .local, reliable)
            }
            [sender, receiver].leave()
        }
    }

    private func measureDirected() async throws {
        let room = newGroup()
        let sender = try await resident(.two, "sender", in: room, node: 0)
        let receiver = try await resident(.two, "receiver", in: room, node: 1)
        for (pace, count) in paces {
            let cost = try await meter.measure(count, publisher: .nodes) {
                try await send(count, from: sender, to: [receiver], pace: pace) {
                    Words.directed($0, to: receiver.name)
                }
            }
            add("directed to another node, \(pace)", .directed, cost)
        }
        [sender, receiver].leave()
    }

    private func measureBroadcasts(over nodes: Int) async throws {
        let room = newGroup()
        let sender = try await resident(.two, "sender", in: room, node: 0)
        var receivers: [Peer] = []
        for node in 1..<nodes { receivers.append(try await resident(.two, "r\(node)", in: room, node: node)) }
        for (pace, count) in paces {
            let cost = try await meter.measure(count, publisher: nodes == 2 ? .nodes : .scripts) {
                try await send(count, from: sender, to: receivers, pace: pace, Words.broadcast)
            }
            add("broadcast over \(nodes) nodes, \(pace)", nodes == 2 ? .directed : .fan, cost)
        }
        (receivers + [sender]).leave()
    }

    private func measureReliable() async throws {
        for (rate, count) in [(1, sizes.slowReliable), (200, sizes.fastReliable)] {
            let room = newGroup()
            let sender = try await resident(.two, "sender", in: room, node: 0)
            let receiver = try await resident(.two, "receiver", in: room, node: 1)
            var took = Duration.zero
            let cost = try await meter.measure(count) {
                let start = ContinuousClock.now
                try await sendReliable(count, from: sender, to: receiver, every: .seconds(1) / rate)
                took = ContinuousClock.now - start
            }
            let formula = Formula.reliable(count, within: took)
            add("reliable with receipt, another node, \(rate)/s", formula, cost)
            [sender, receiver].leave()
        }
    }

    private var paces: [(pace: Pace, count: Int)] {
        [(.every(.milliseconds(20)), sizes.signals), (.bursts(of: sizes.burst), sizes.loadSignals)]
    }

    private enum Pace: CustomStringConvertible {
        case every(Duration)
        case bursts(of: Int)

        var description: String {
            switch self {
            case .every: "one by one"
            case .bursts(let size): "bursts of \(size)"
            }
        }
    }

    /// Sends `count` signals and waits until every receiver has them: a cost of nothing shall not be for nothing.
    private func send(
        _ count: Int, from sender: Peer, to receivers: [Peer], pace: Pace, _ word: (Int) -> String
    ) async throws {
        var goals: [Int] = []
        for receiver in receivers { goals.append(try await receiver.tally().received + count) }
        switch pace {
        case .every(let pause):
            try await everyTurn(count, pause) { sender.say(word($0)) }
        case .bursts(let size):
            for start in stride(from: 0, to: count, by: size) {
                sender.say((start..<min(start + size, count)).map(word))
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        try await until("every signal arrives", within: .seconds(10)) {
            for (receiver, goal) in zip(receivers, goals) where try await receiver.tally().received < goal {
                return false
            }
            return true
        }
    }

    private func sendReliable(_ count: Int, from sender: Peer, to receiver: Peer, every pause: Duration) async throws {
        let goal = try await sender.tally().confirmed + count
        try await everyTurn(count, pause) { sender.say(Words.reliable($0, to: receiver.name)) }
        do {
            try await until("every signal is confirmed", within: .seconds(10)) {
                try await sender.tally().confirmed >= goal
            }
        } catch {
            throw try await sender.tally().trouble.map { RigFailure("\(error): \($0)") } ?? error
        }
    }

    /// In even steps, whatever a step takes.
    private func everyTurn(_ count: Int, _ pause: Duration, _ body: (Int) -> Void) async throws {
        let start = ContinuousClock.now
        for turn in 0..<count {
            try await Task.sleep(until: start + pause * turn, clock: .continuous)
            body(turn)
        }
    }
}

extension Formula {
    static let local = Formula("nothing", limit: 0)
    static let directed = Formula("PUBLISH", limit: 1)
    static let fan = Formula("FAN", limit: 1)

    /// Receivers' confirmations are collected for 50 ms: at most one CONF for each signal, and one per 50 ms.
    static func reliable(_ count: Int, within time: Duration) -> Formula {
        let confirmations = min(Double(count), (time.inSeconds / 0.05).rounded(.up) + 1)
        return Formula("SEND + CONF per 50 ms", limit: 1 + confirmations / Double(count))
    }
}
