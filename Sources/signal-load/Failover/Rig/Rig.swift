import Foundation
import NIOCore
import NIOPosix

/// A whole cluster as processes of this machine: Redis, nodes, the edge, and a wire that can be cut between each node and
/// Redis.
///
/// Confined to the task that runs the failover rounds. `ProcessLedger` ends its processes.
struct Rig {
    let settings: RigSettings
    private(set) var backplane: Backplane
    var nodes: [NodeServer]
    /// The wire of each node to Redis; none with Sentinels, which tell nodes the real address of the primary.
    private(set) var wires: [PartitionProxy]
    private(set) var edge: Edge
    private var ports: FreePorts
    private let environment: [String: String]
    private let loop: any EventLoop

    enum Kind { case single, sentinel }

    enum Backplane {
        case single(RedisServer)
        case sentinel(SentinelGroup)

        /// Nodes of different rigs of one run have different names.
        fileprivate var nodePrefix: String {
            switch self {
            case .single: "n"
            case .sentinel: "s"
            }
        }
    }

    /// Starts everything and waits until it serves.
    ///
    /// - Parameter loop: carries the wires.
    init(_ kind: Kind, _ settings: RigSettings, on loop: any EventLoop) async throws {
        (self.settings, self.loop) = (settings, loop)
        var ports = FreePorts()
        try FileManager.default.createDirectory(atPath: settings.directory, withIntermediateDirectories: true)
        environment = settings.nodeEnvironment(secretFile: try Self.writeSecret(in: settings.directory))
        backplane =
            switch kind {
            case .single:
                .single(try await RedisServer("redis", port: try await ports.next(), directory: settings.directory))
            case .sentinel: .sentinel(try await SentinelGroup(directory: settings.directory, ports: &ports))
            }
        (nodes, wires) = ([], [])
        for number in 1...settings.nodes {
            let (node, wire) = try await Self.startNode(
                number, backplane: backplane, settings: settings, environment: environment, ports: &ports, on: loop)
            nodes.append(node)
            if let wire { wires.append(wire) }
        }
        for node in nodes { try await node.awaitReady() }
        edge = try await Edge(
            port: try await ports.next(), metricsPort: try await ports.next(), nodes: nodes,
            configuration: settings.edgeConfiguration, directory: settings.directory)
        self.ports = ports
    }

    /// Starts one node more and tells the edge of it.
    mutating func addNode() async throws {
        let (node, wire) = try await Self.startNode(
            nodes.count + 1, backplane: backplane, settings: settings, environment: environment, ports: &ports,
            on: loop)
        nodes.append(node)
        if let wire { wires.append(wire) }
        try await node.awaitReady()
        try await edge.reload(nodes: nodes)
    }

    /// The port of the Redis primary of this moment.
    func primaryPort() async throws -> Int {
        switch backplane {
        case .single(let server): server.port
        case .sentinel(let group): try await group.primaryPort()
        }
    }

    /// Changes the single Redis server.
    mutating func withRedis(_ body: (inout RedisServer) async throws -> Void) async throws {
        guard case .single(var server) = backplane else { throw RigFailure("this rig has Sentinels") }
        try await body(&server)
        backplane = .single(server)
    }

    /// Changes the group of servers under Sentinels.
    mutating func withSentinels(_ body: (inout SentinelGroup) async throws -> Void) async throws {
        guard case .sentinel(var group) = backplane else { throw RigFailure("this rig has no Sentinels") }
        try await body(&group)
        backplane = .sentinel(group)
    }

    private static func startNode(
        _ number: Int, backplane: Backplane, settings: RigSettings, environment: [String: String],
        ports: inout FreePorts, on loop: any EventLoop
    ) async throws -> (NodeServer, PartitionProxy?) {
        var environment = environment
        var wire: PartitionProxy?
        switch backplane {
        case .single(let server):
            let proxy = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            environment["REDIS_URL"] = "redis://127.0.0.1:\(proxy.port)"
            wire = proxy
        case .sentinel(let group): environment["REDIS_URL"] = group.url
        }
        let node = try await NodeServer(
            "\(backplane.nodePrefix)\(number)", port: try await ports.next(), binary: settings.binary,
            environment: environment,
            directory: settings.directory)
        return (node, wire)
    }

    /// 256 random bits that only this user can read.
    private static func writeSecret(in directory: String) throws -> String {
        let path = "\(directory)/secret"
        var secret = ""
        for _ in 0..<4 { secret += String(UInt64.random(in: 0...UInt64.max) | 1 << 63, radix: 16) }
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw RigFailure("cannot write \(path)") }
        return path
    }
}
