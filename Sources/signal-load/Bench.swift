import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// `signal-load bench`: the workloads W1–W6 against running servers.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures CPU, memory, latency and Redis traffic per signal, and checks that every signal arrives.",
        discussion: """
            The servers must run on this machine, with their limits per address and per minute off
            (RATE_LIMIT_CONNECTIONS_PER_IP=0 RATE_LIMIT_MESSAGES_PER_MINUTE=0). Name their processes with --pid;
            without it only speed and correctness are measured. W6 needs two nodes: give --url twice.
            Servers of the dialects broadcast and echo have a room at each URL that begins with the given one.
            The exit status is 1 when a signal was lost, repeated or out of order, or a connection failed.
            """)

    @Option(
        help: "A server, for example ws://127.0.0.1:8787/signal; repeat it for the second node of W6.",
        transform: Endpoint.init)
    var url: [Endpoint]

    @Option(help: "How the servers are spoken to: \(DialectName.allCases.map(\.rawValue).joined(separator: ", ")).")
    var dialect = DialectName.signal

    @Option(help: "The name of the measured server in the report.")
    var server = Server.node.id

    @Option(help: "A process whose CPU and memory count; repeat it for more.")
    var pid: [Int] = []

    @Option(help: "host:port of the Redis between the nodes, for its counters.", transform: Bench.redisAddress)
    var redis: SocketAddress?

    @Option(help: "The process of Redis; its CPU counts and is also told apart.")
    var redisPid: Int?

    @Option(help: "W1, W2, W3, W4, W5, W6 or all; repeat it for more.")
    var workload: [String] = ["all"]

    @Option(help: "Writes the results as JSON to this file.")
    var json: String?

    @Option(help: "Measured time per phase in seconds, after one second of warm-up.")
    var seconds = 5.0

    @Option(help: "Runs per workload; the one with the median figure is reported, the faults of all of them.")
    var runs = 1

    @Option(help: "Rooms of two in W1, W2 and W6.")
    var rooms = 50

    @Option(help: "Messages under way per room of two.")
    var window = 1

    @Option(help: "Messages per second over all rooms of two in W1 and W2, instead of a window.")
    var pairRate: Double?

    @Option(help: "Rooms of fifty in W3.")
    var fanOutRooms = 4

    @Option(help: "Messages under way per room of fifty.")
    var fanOutWindow = 16

    @Option(help: "Messages per second over all rooms of fifty, instead of a window.")
    var fanOutRate: Double?

    @Option(help: "Idle connections in W4.")
    var connections = 10_000

    @Option(help: "Clients that come and go at the same time in W5.")
    var churners = 32

    @Option(help: "Messages per second of W6's open loop.")
    var rate = 2_000.0

    @Option(help: "Event loops of the tool itself.")
    var loops = 1

    func validate() throws {
        let counts = [runs, rooms, window, fanOutRooms, fanOutWindow, churners, loops]
        guard counts.allSatisfy((1...100_000).contains), (2...1_000_000).contains(connections) else {
            throw ValidationError("Counts are at least 1 and --connections at least 2.")
        }
        guard (0.1...600).contains(seconds), (1...1e6).contains(rate),
            [pairRate, fanOutRate].allSatisfy({ (1...1e6).contains($0 ?? 1) })
        else {
            throw ValidationError("--seconds is 0.1 to 600, rates are 1 to 1,000,000 per second.")
        }
        _ = try workloads()
    }

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let report = try await measure(on: Array(group.makeIterator()))
        print(report.text())
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
        try await group.shutdownGracefully()
        guard report.isClean else { throw ExitCode.failure }
    }

    private func measure(on loops: [any EventLoop]) async throws -> BenchReport {
        var settings = BenchSettings(endpoints: url)
        settings.dialect = dialect.dialect
        settings.seconds = seconds
        settings.pairRate = pairRate
        settings.rooms = rooms
        settings.window = window
        settings.fanOutRooms = fanOutRooms
        settings.fanOutWindow = fanOutWindow
        settings.fanOutRate = fanOutRate
        settings.connections = connections
        settings.churners = churners
        settings.rate = rate

        var statistics: RedisStatistics?
        if let redis { statistics = try await RedisStatistics(connectingTo: redis, on: loops[0]) }
        let meter = Meter(pids: pid, redisPid: redisPid, redis: statistics)
        _ = try meter.cpu()

        let suite = Suite(settings: settings, meter: meter, loops: loops)
        var results: [WorkloadResult] = []
        for workload in try workloads() {
            FileHandle.standardError.write(Data("\(workload.rawValue) …\n".utf8))
            var repeated: [WorkloadResult] = []
            for _ in 0..<(workload.isRepeatable ? runs : 1) {
                let deadline = HardDeadline.arm(for: workload, seconds: settings.deadlineSeconds, on: loops[0])
                repeated.append(await suite.run(workload))
                deadline.cancel()
            }
            if let median = WorkloadResult.median(of: repeated) { results.append(median) }
        }
        return BenchReport(machine: .current(), server: server, seconds: seconds, workloads: results)
    }

    /// In the order in which they disturb each other least; `all` leaves W6 out when there is only one node.
    private func workloads() throws -> [Workload] {
        var asked: Set<Workload> = []
        for name in workload {
            if name == "all" {
                asked.formUnion(Workload.allCases.filter { $0 != .cluster || url.count > 1 })
            } else if let named = Workload(rawValue: name.uppercased()) {
                asked.insert(named)
            } else {
                throw ValidationError("There is no workload '\(name)': W1, W2, W3, W4, W5, W6 or all.")
            }
        }
        return Workload.inOrder.filter(asked.contains)
    }

    private static func redisAddress(_ text: String) throws -> SocketAddress {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            throw EndpointError.notHostAndPort(text)
        }
        return try Endpoint.loopback(host: String(text[..<colon]), port: port)
    }
}
