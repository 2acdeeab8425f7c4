import Foundation

/// HAProxy with the house's configuration: it hashes rooms over the nodes.
///
/// Confined to the task that runs the failover rounds.
struct Edge {
    let port: Int
    private let metricsPort: Int
    private let configuration: String
    private let directory: String
    private var process: ManagedProcess

    init(port: Int, metricsPort: Int, nodes: [NodeServer], configuration: String, directory: String) async throws {
        (self.port, self.metricsPort, self.configuration) = (port, metricsPort, configuration)
        self.directory = directory
        process = try await Self.launch(
            configuration, Self.environment(port: port, metricsPort: metricsPort, nodes: nodes), directory: directory)
        try await awaitReady()
    }

    /// A new process takes the listener over; the old one keeps its open sockets until they end.
    mutating func reload(nodes: [NodeServer]) async throws {
        process = try await Self.launch(
            configuration, Self.environment(port: port, metricsPort: metricsPort, nodes: nodes), directory: directory,
            more: ["-sf", "\(process.pid)"])
        try await awaitReady()
    }

    private func awaitReady() async throws {
        let log = "\(directory)/edge.log"
        try await until("the edge answers; see \(log) (is haproxy installed?)", within: .seconds(10)) {
            guard process.isRunning else { throw RigFailure("haproxy has ended") }
            return try await Question.get("/health", port: port).status == 200
        }
    }

    /// All clients of the load have one address, so the limits per address are off.
    private static func environment(port: Int, metricsPort: Int, nodes: [NodeServer]) -> [String: String] {
        var environment = [
            "EDGE_BIND": "127.0.0.1:\(port)", "EDGE_METRICS_BIND": "127.0.0.1:\(metricsPort)",
            "EDGE_CONNECTIONS_PER_ADDRESS": "0", "EDGE_CONNECTIONS_PER_10S": "0", "EDGE_REQUESTS_PER_10S": "0",
            "EDGE_ERRORS_PER_10S": "0",
        ]
        for (index, node) in nodes.enumerated() {
            environment["NODE\(index + 1)_ADDRESS"] = "127.0.0.1:\(node.port)"
        }
        return environment
    }

    private static func launch(
        _ configuration: String, _ environment: [String: String], directory: String, more: [String] = []
    ) async throws -> ManagedProcess {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let all = environment.merging(["PATH": "\(path):/usr/local/sbin:/usr/sbin:/sbin"]) { _, new in new }
        let haproxy =
            ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy"].first(where: FileManager.default.isExecutableFile)
            ?? "haproxy"
        return try await ManagedProcess(
            "edge", [haproxy, "-db", "-f", configuration] + more, environment: all, log: "\(directory)/edge.log")
    }
}
