import NIOCore

/// A whole cluster: Redis, nodes, the edge, and a wire that can be cut between each node and Redis.
///
/// Confined to the task that runs the failover rounds. `ProcessLedger` ends what it is made of.
struct Rig {
    private(set) var backplane: Backplane
    var nodes: [NodeServer]
    /// The wire of each node to Redis; processes under Sentinels have none, as those tell them the primary's real address.
    private(set) var wires: [any NodeWire]
    /// Where clients dial.
    let edgePort: Int
    /// nil = containers, whose number is fixed.
    private var workshop: ProcessWorkshop?

    enum Kind { case single, sentinel }

    enum Backplane {
        case single(RedisServer)
        case sentinel(SentinelGroup)
    }

    /// Starts everything where the settings say, and waits until it serves.
    ///
    /// - Parameter loop: carries the wires of processes.
    static func start(_ kind: Kind, _ settings: RigSettings, on loop: any EventLoop) async throws -> Rig {
        switch settings.place {
        case .processes(let programs): try await processes(kind, settings, programs, on: loop)
        case .containers: try await containers(kind, settings)
        }
    }

    init(
        _ backplane: Backplane, nodes: [NodeServer], wires: [any NodeWire], edgePort: Int,
        workshop: ProcessWorkshop? = nil
    ) {
        (self.backplane, self.nodes, self.wires) = (backplane, nodes, wires)
        (self.edgePort, self.workshop) = (edgePort, workshop)
    }

    /// Starts one node more and tells the edge of it.
    mutating func addNode() async throws {
        guard let (node, wire) = try await workshop?.makeNode(for: backplane) else {
            throw RigFailure("the number of containers is fixed")
        }
        nodes.append(node)
        if let wire { wires.append(wire) }
        try await node.awaitReady()
        try await workshop?.reloadEdge(nodes: nodes)
    }

    /// The Redis primary of this moment.
    func primary() async throws -> RedisAddress {
        switch backplane {
        case .single(let server): server.address
        case .sentinel(let group): group.servers[try await group.primary()].address
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
}
