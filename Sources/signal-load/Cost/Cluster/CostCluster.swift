import Foundation

/// One Redis and any number of nodes that talk to it without anything in between.
///
/// Confined to the task that measures; that has to `end` it. Else `ProcessLedger` ends its processes.
final class CostCluster {
    let redis: RedisServer
    private(set) var nodes: [NodeServer] = []
    private let binary: String
    private let directory: String
    private let environment: [String: String]
    private var ports = FreePorts()
    private var started = 0

    /// `HEARTBEAT_MS` and `LEASE_MS` of the nodes: the defaults.
    static let heartbeat = Duration.milliseconds(500)
    static let lease = Duration.seconds(5)

    /// - Parameters:
    ///   - binary: the `signal-node` executable.
    ///   - directory: takes the logs; is made when missing.
    init(binary: String, directory: String) async throws {
        (self.binary, self.directory) = (binary, directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        redis = try await RedisServer("redis", port: try await ports.next(), directory: directory)
        var secret = ""
        for _ in 0..<4 { secret += String(UInt64.random(in: 0...UInt64.max) | 1 << 63, radix: 16) }
        environment = [
            "REDIS_URL": "redis://127.0.0.1:\(redis.port)", "CLUSTER_SECRET": secret, "LOG_LEVEL": "warn",
            "HEARTBEAT_MS": "\(Int(Self.heartbeat.inSeconds * 1_000))",
            "LEASE_MS": "\(Int(Self.lease.inSeconds * 1_000))",
            // One address holds all the clients.
            "RATE_LIMIT_CONNECTIONS_PER_IP": "0", "RATE_LIMIT_MESSAGES_PER_MINUTE": "0", "DUPLICATE_PAYLOAD_LIMIT": "0",
        ]
    }

    /// Starts nodes until there are `count`, and waits until all of them serve.
    func grow(to count: Int) async throws {
        let known = nodes.count
        while nodes.count < count {
            started += 1
            nodes.append(
                try await NodeServer(
                    "n\(started)", port: try await ports.next(), binary: binary, environment: environment,
                    directory: directory))
        }
        for node in nodes.dropFirst(known) { try await node.awaitReady(within: .seconds(60)) }
    }

    /// SIGKILL of the youngest node.
    func killLast() async throws {
        guard let node = nodes.popLast() else { return }
        try node.signal(SIGKILL)
        guard try await node.process.ended(within: .seconds(5)) else { throw RigFailure("\(node.name) does not end") }
    }

    /// Ends all processes at once.
    func end() {
        for node in nodes { try? node.signal(SIGKILL) }
        try? redis.signal(SIGKILL)
    }

    func endpoint(_ index: Int) throws -> Endpoint {
        try Endpoint("ws://127.0.0.1:\(nodes[index].port)/signal")
    }
}
