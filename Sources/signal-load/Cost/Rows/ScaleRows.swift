import NIOCore

/// What must not grow with the number of nodes.
extension CostStage {
    /// Idle and loaded clusters of growing size.
    ///
    /// - Parameter emptyCPU: microseconds per second of a Redis without nodes.
    func measureScale(emptyCPU: Double) async throws {
        var figures: [[(nodes: Int, value: Double)]] = Array(repeating: [], count: Self.growthTitles.count)
        for nodes in sizes.clusters {
            try await cluster.grow(to: nodes)
            let idle = try await meter.measureIdle(for: .seconds(sizes.seconds))
            let idleCost = EventCost(
                idle.activity, events: idle.activity.heartbeats, per: idle.seconds, publisher: .scripts)
            add("idle second of \(nodes) nodes", .idle(nodes: nodes), idleCost)
            let load = try await measureSteadyLoad()
            add("second of steady load per node, \(nodes) nodes", SteadyLoad.formula, load)
            let beats = Double(idle.activity.heartbeats) / idle.seconds
            let values = [
                idleCost.commands / Double(nodes), (idleCost.bytesIn + idleCost.bytesOut) / Double(nodes),
                (idle.activity.cpuMicros / idle.seconds - emptyCPU) / beats, load.commands,
                load.bytesIn + load.bytesOut, load.cpuMicros ?? 0,
            ]
            for (index, value) in values.enumerated() { figures[index].append((nodes, value)) }
        }
        growth = zip(Self.growthTitles, figures).map { GrowthRow($0, $1) }
    }

    private static let growthTitles = [
        "idle: commands per node and second", "idle: bytes in + out per node and second",
        "idle: Redis CPU µs per heartbeat", "load: commands per node and second",
        "load: bytes in + out per node and second", "load: Redis CPU µs per node and second",
    ]

    /// A second of the same load on every node, divided by the nodes.
    private func measureSteadyLoad() async throws -> EventCost {
        let nodes = cluster.nodes.count
        let load = try await SteadyLoad(on: self, group: newGroup())
        try await Task.sleep(for: .seconds(1))
        let measured = try await meter.observe { try await Task.sleep(for: .seconds(sizes.seconds)) }
        let trouble = try await load.end()
        if let trouble { throw RigFailure("the steady load is not steady: \(trouble)") }
        var activity = measured.activity
        // The script of each heartbeat publishes its echo; all other publishes are commands of nodes.
        activity.calls["publish", default: 0] -= activity.heartbeats
        let signals = Double(nodes * SteadyLoad.remoteSignalsPerNode) * measured.seconds
        return EventCost(
            activity, events: Int(signals), per: Double(nodes) * measured.seconds, publisher: .nodes)
    }
}

/// Peers that talk once a second each, alike on all nodes: rooms of two on each node, and rooms of two between each node
/// and the next.
struct SteadyLoad {
    static let localRooms = 3
    static let sharedRooms = 2
    /// Each shared room has two peers on two nodes.
    static let remoteSignalsPerNode = sharedRooms * 2

    /// One PUBLISH for each signal that has to reach another node; heartbeats beside it.
    static let formula = Formula(
        "\(remoteSignalsPerNode) PUBLISH + idle",
        limit: Double(remoteSignalsPerNode) * tickSlack + Formula.idle(nodes: 1).limit)
    /// A window of few seconds may hold one turn of a timer more than its length says.
    private static let tickSlack = 1.25

    private var peers: [Peer] = []
    private var talks: [RepeatedTask] = []

    init(on stage: CostStage, group: String) async throws {
        let nodes = stage.cluster.nodes.count
        var speakers: [(peer: Peer, other: Peer, isDirected: Bool)] = []
        for node in 0..<nodes {
            for room in 0..<Self.localRooms + Self.sharedRooms {
                let isShared = room >= Self.localRooms
                let name = "\(group)-\(node)-\(room)"
                let first = try await stage.resident(.two, "a", in: name, node: node)
                let second = try await stage.resident(.two, "b", in: name, node: isShared ? (node + 1) % nodes : node)
                speakers += [(first, second, room.isMultiple(of: 2)), (second, first, room.isMultiple(of: 2))]
            }
        }
        peers = speakers.map(\.peer)
        for (index, speaker) in speakers.enumerated() {
            let word = speaker.isDirected ? Words.directed(1, to: speaker.other.name) : Words.broadcast(1)
            // Spread over the second, so that what one node sends to another does not share a batch.
            let delay = TimeAmount.milliseconds(Int64(index * 389 % 1_000))
            talks.append(speaker.peer.keepSaying(word, after: delay))
        }
    }

    /// - Returns: what went wrong meanwhile.
    func end() async throws -> String? {
        for talk in talks { talk.cancel() }
        var trouble: String?
        for peer in peers {
            let tally = try await peer.tally()
            trouble = trouble ?? tally.trouble ?? (tally.received == 0 ? "\(peer.name) hears nothing" : nil)
            peer.leave()
        }
        return trouble
    }
}

extension Formula {
    /// Heartbeats come 10 % early at most.
    static func idle(nodes: Int) -> Formula {
        let heartbeats = Double(nodes) / (CostCluster.heartbeat.inSeconds * 0.9)
        return Formula("N / HEARTBEAT_MS", limit: heartbeats)
    }
}
