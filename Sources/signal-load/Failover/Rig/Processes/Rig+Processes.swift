import Foundation
import NIOCore

extension Rig {
    /// Everything as processes of this machine.
    static func processes(
        _ kind: Kind, _ settings: RigSettings, _ programs: RigSettings.Programs, on loop: any EventLoop
    ) async throws -> Rig {
        try FileManager.default.createDirectory(atPath: settings.directory, withIntermediateDirectories: true)
        var workshop = try ProcessWorkshop(settings, programs, prefix: kind == .single ? "n" : "s", on: loop)
        let backplane = try await workshop.makeBackplane(kind)
        var (nodes, wires): ([NodeServer], [any NodeWire]) = ([], [])
        for _ in 1...settings.nodes {
            let (node, wire) = try await workshop.makeNode(for: backplane)
            nodes.append(node)
            if let wire { wires.append(wire) }
        }
        for node in nodes { try await node.awaitReady() }
        let edgePort = try await workshop.makeEdge(nodes: nodes)
        return Rig(backplane, nodes: nodes, wires: wires, edgePort: edgePort, workshop: workshop)
    }
}

/// Starts the processes of one rig, all on free ports of the loopback.
///
/// Confined to the task that runs the failover rounds.
struct ProcessWorkshop {
    private let settings: RigSettings
    private let programs: RigSettings.Programs
    /// Nodes of different rigs of one run have different names.
    private let prefix: String
    private let environment: [String: String]
    private let loop: any EventLoop
    private var ports = FreePorts()
    private var edge: Edge?
    private var count = 0

    init(
        _ settings: RigSettings, _ programs: RigSettings.Programs, prefix: String, on loop: any EventLoop
    ) throws {
        (self.settings, self.programs, self.prefix, self.loop) = (settings, programs, prefix, loop)
        environment = settings.nodeEnvironment(secretFile: try Self.writeSecret(in: settings.directory))
    }

    mutating func makeBackplane(_ kind: Rig.Kind) async throws -> Rig.Backplane {
        switch kind {
        case .single:
            .single(try await RedisServer("redis", port: try await ports.next(), directory: settings.directory))
        case .sentinel: .sentinel(try await SentinelGroup(directory: settings.directory, ports: &ports))
        }
    }

    /// Starts the next node, and its wire to a single Redis.
    mutating func makeNode(for backplane: Rig.Backplane) async throws -> (NodeServer, (any NodeWire)?) {
        var environment = environment
        var wire: (any NodeWire)?
        switch backplane {
        case .single(let server):
            let proxy = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            environment["REDIS_URL"] = "redis://127.0.0.1:\(proxy.port)"
            wire = proxy
        case .sentinel(let group): environment["REDIS_URL"] = group.url
        }
        count += 1
        let node = try await NodeServer(
            "\(prefix)\(count)", port: try await ports.next(), binary: programs.node, environment: environment,
            directory: settings.directory)
        return (node, wire)
    }

    /// Starts the edge; answers its port.
    mutating func makeEdge(nodes: [NodeServer]) async throws -> Int {
        let edge = try await Edge(
            port: try await ports.next(), metricsPort: try await ports.next(), nodes: nodes,
            configuration: programs.edgeConfiguration, directory: settings.directory)
        self.edge = edge
        return edge.port
    }

    mutating func reloadEdge(nodes: [NodeServer]) async throws { try await edge?.reload(nodes: nodes) }

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
