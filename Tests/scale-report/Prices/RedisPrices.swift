import Backplane
import NIOCore
import NIOPosix
import RedisWire
import ScaleSimulation
import SignalTestKit

/// Measures what each kind of command costs a real Redis under load: a small simulated cluster is played, and what its
/// nodes send is sent again over their real links, kind by kind, sixteen commands per node under way.
struct RedisPrices {
    private let server: RedisServer
    private let loop: any EventLoop
    private let clients: NIOLoopBound<[RedisClient]>
    private let scenario: Scenario
    private static let rounds = 3

    static func measure(strays: Double) throws -> PriceList {
        var scenario = Scenario(nodes: 8, peers: 10_000)
        scenario.staySeconds = 20
        scenario.signalsPerPeer = 0.5
        scenario.joinsPerSecond = 10_000
        scenario.strays = strays
        let rig = try RedisPrices(scenario)
        defer { rig.close() }
        return try rig.prices()
    }

    private init(_ scenario: Scenario) throws {
        self.scenario = scenario
        let server = try RedisServer()
        let url = try RedisURL(server.url)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ups = (0..<scenario.nodes).map { _ in loop.makePromise(of: Void.self) }
        clients = try loop.submit {
            let clients = ups.enumerated().map { index, up in
                RedisClient(Simulation.firstInstance(of: index), url: url, on: loop, up: up)
            }
            return NIOLoopBound(clients, eventLoop: loop)
        }.wait()
        for up in ups { try up.futureResult.wait() }
        (self.server, self.loop) = (server, loop)
    }

    private func close() {
        loop.execute { [clients] in for client in clients.value { client.close() } }
        server.stop()
    }

    /// The median of some rounds for each kind: other work on the machine disturbs single ones.
    private func prices() throws -> PriceList {
        let simulation = Simulation(scenario)
        let take = Take(
            joins: record(simulation) { _ = $0.fill() },
            beats: record(simulation) { _ = $0.idle() }.map { Array(repeating: $0, count: 50).flatMap { $0 } },
            signals: record(simulation) {
                _ = $0.directed()
                _ = $0.broadcasts()
            },
            letters: record(simulation) { _ = $0.reliable() },
            leaves: record(simulation) { _ = $0.day() },
            sweeps: record(simulation) { _ = $0.killNode(0) },
            announces: record(simulation) { _ = $0.emptyRedis() })
        let rounds = try (0..<Self.rounds).map { _ in try round(take) }
        var prices: [CommandKind: Price] = [:]
        for kind in CommandKind.allCases {
            let sorted = rounds.compactMap { $0[kind] }.sorted { $0.micros < $1.micros }
            if !sorted.isEmpty { prices[kind] = sorted[sorted.count / 2] }
        }
        return PriceList(source: "measured under load in this run", prices)
    }

    /// What each node of the small cluster sent, by part of the story.
    private struct Take {
        let joins, beats, signals, letters, leaves, sweeps, announces: [[Dispatch]]
    }

    private func round(_ take: Take) throws -> [CommandKind: Price] {
        var prices: [CommandKind: Price] = [:]
        let registrations = (0..<scenario.nodes).map { node in
            [Dispatch.command(.register(Simulation.firstInstance(of: node), NodeInfo(name: "\(node)", version: "1")))]
        }
        _ = try server.command(["FLUSHALL"])
        try send(registrations)
        for kind in [CommandKind.index, .join, .update, .sync] { prices[kind] = try price(of: kind, in: take.joins) }
        prices[.heartbeat] = try price(of: .heartbeat, in: take.beats)
        for kind in [CommandKind.publish, .fan] { prices[kind] = try price(of: kind, in: take.signals) }
        for kind in [CommandKind.leave, .unindex] { prices[kind] = try price(of: kind, in: take.leaves) }
        // A sweep leaves the members of live nodes alone.
        _ = try server.command(["ZREM", "bs:1:{nodes}:live", Simulation.firstInstance(of: 0).text])
        prices[.sweep] = try price(of: .sweep, in: take.sweeps)
        _ = try server.command(["FLUSHALL"])
        try send(registrations)
        for kind in [CommandKind.join, .update] { _ = try price(of: kind, in: take.joins) }
        for kind in [CommandKind.send, .confirm] { prices[kind] = try price(of: kind, in: take.letters) }
        _ = try server.command(["FLUSHALL"])
        try send(take.announces.map { $0.filter { $0.kind == .register } })
        prices[.announce] = try price(of: .announce, in: take.announces)
        return prices
    }

    /// What each node sends in a part of the story.
    private func record(_ simulation: Simulation, _ part: (Simulation) -> Void) -> [[Dispatch]] {
        var lists = Array(repeating: [Dispatch](), count: scenario.nodes)
        simulation.listener = { lists[$0].append($1) }
        part(simulation)
        simulation.listener = { _, _ in }
        return lists
    }

    private func send(_ lists: [[Dispatch]]) throws {
        let sent = loop.flatSubmit { [clients, loop] in
            EventLoopFuture.andAllSucceed(zip(clients.value, lists).map { $0.send($1) }, on: loop)
        }
        try sent.wait()
    }

    /// Nil when nobody sends such a command, as between nodes that share no room.
    private func price(of kind: CommandKind, in lists: [[Dispatch]]) throws -> Price? {
        let chosen = lists.map { $0.filter { $0.kind == kind } }
        guard chosen.contains(where: { !$0.isEmpty }) else { return nil }
        let before = try usage()
        try send(chosen)
        let after = try usage()
        let count = Double(chosen.reduce(0) { $0 + $1.count })
        return Price(
            micros: (after.micros - before.micros) / count, bytesIn: (after.bytesIn - before.bytesIn) / count,
            bytesOut: (after.bytesOut - before.bytesOut) / count)
    }

    /// Since the server started.
    private func usage() throws -> Price {
        var fields: [Substring: Double] = [:]
        for section in ["cpu", "stats"] {
            for line in try server.command(["INFO", section]).split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: ":")
                if parts.count == 2 { fields[parts[0]] = Double(parts[1]) }
            }
        }
        let seconds = fields["used_cpu_user", default: 0] + fields["used_cpu_sys", default: 0]
        return Price(
            micros: seconds * 1_000_000, bytesIn: fields["total_net_input_bytes", default: 0],
            bytesOut: fields["total_net_output_bytes", default: 0])
    }
}
