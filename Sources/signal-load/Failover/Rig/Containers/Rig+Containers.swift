import Foundation

extension Rig {
    private static let redisPort = 6_379

    /// Everything as containers of docker-compose.yml, under a project of its own.
    static func containers(_ kind: Kind, _ settings: RigSettings) async throws -> Rig {
        try FileManager.default.createDirectory(atPath: settings.directory, withIntermediateDirectories: true)
        let nodeNames = (1...settings.nodes).map { "node\($0)" }
        let redisNames = kind == .single ? ["redis"] : ["redis", "redis-replica"]
        let sentinelNames = kind == .single ? [] : ["sentinel1", "sentinel2", "sentinel3"]
        var ports: [String: Int] = [:]
        var free = FreePorts()
        for name in nodeNames + redisNames + sentinelNames + ["edge"] { ports[name] = try await free.next() }
        let project = ComposeProject(
            name: "signal-failover-\(getpid())-\(kind)", environment: settings.composeEnvironment(kind, ports: ports),
            profiles: kind == .single ? [] : ["ha"], directory: settings.directory)
        try await project.up(sentinelNames + ["edge"])

        let password = try await project.read("/run/signal/redis-admin", of: "redis")
        var servers: [RedisServer] = []
        for name in redisNames {
            servers.append(
                RedisServer(
                    try await project.container(of: name),
                    at: RedisAddress(port: ports[name, default: 0], password: password),
                    host: RedisHost(name: settings.address(of: name), port: redisPort)))
        }
        var (nodes, wires): ([NodeServer], [any NodeWire]) = ([], [])
        for name in nodeNames {
            let container = try await project.container(of: name)
            nodes.append(NodeServer(container, port: ports[name, default: 0]))
            wires.append(NetworkWire(container: container.id, network: project.network("backplane")))
        }
        for node in nodes { try await node.awaitReady() }
        let backplane: Backplane
        switch kind {
        case .single: backplane = .single(servers[0])
        case .sentinel:
            let group = SentinelGroup(
                servers: servers, sentinelPorts: sentinelNames.compactMap { ports[$0] }, master: "signal")
            try await group.awaitRedundancy()
            backplane = .sentinel(group)
        }
        return Rig(backplane, nodes: nodes, wires: wires, edgePort: ports["edge", default: 0])
    }
}

extension RigSettings {
    /// By which Sentinels know a Redis server.
    fileprivate func address(of server: String) -> String { server == "redis" ? "10.78.1.250" : "10.78.1.251" }

    /// For the `${…}` of docker-compose.yml and infra/docker/failover.yml.
    fileprivate func composeEnvironment(_ kind: Rig.Kind, ports: [String: Int]) -> [String: String] {
        var environment = [
            "LEASE_MS": "\(leaseMs)", "HEARTBEAT_MS": "\(heartbeatMs)", "DRAIN_SECONDS": "\(drainSeconds)",
            "DRAIN_BALANCER_SECONDS": "\(drainBalancerSeconds)",
            "REDIS_MODE": kind == .single ? "" : "sentinel",
            // Beside the network of a cluster that somebody runs by hand.
            "CLUSTER_SUBNET": "10.78.0.0/24", "CLUSTER_GATEWAY": "10.78.0.1", "BACKPLANE_SUBNET": "10.78.1.0/24",
            "REDIS_ADDRESS": address(of: "redis"), "REDIS_REPLICA_ADDRESS": address(of: "redis-replica"),
            // One address holds all the load.
            "EDGE_CONNECTIONS_PER_ADDRESS": "0", "EDGE_CONNECTIONS_PER_10S": "0", "EDGE_REQUESTS_PER_10S": "0",
            "EDGE_ERRORS_PER_10S": "0",
        ]
        for (service, port) in ports {
            environment["\(service.uppercased().replacingOccurrences(of: "-", with: "_"))_PORT"] = "\(port)"
        }
        return environment
    }
}
