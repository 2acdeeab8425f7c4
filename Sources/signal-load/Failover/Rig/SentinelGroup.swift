import Foundation

/// One Redis primary with two replicas, watched by three Sentinels.
///
/// Confined to the task that runs the failover rounds.
struct SentinelGroup {
    static let master = "mymaster"
    /// A primary that is silent for so long is taken for dead.
    static let downAfterMs = 2_000

    private(set) var servers: [RedisServer]
    let sentinelPorts: [Int]

    init(directory: String, ports: inout FreePorts) async throws {
        let primary = try await RedisServer("redis1", port: try await ports.next(), directory: directory)
        servers = [primary]
        for number in 2...3 {
            servers.append(
                try await RedisServer(
                    "redis\(number)", port: try await ports.next(), replicaOf: primary.port, directory: directory))
        }
        var sentinels: [Int] = []
        for number in 1...3 {
            let port = try await ports.next()
            sentinels.append(port)
            let file = "\(directory)/sentinel\(number).conf"
            try Self.settings(port: port, primary: primary.port).write(toFile: file, atomically: true, encoding: .utf8)
            _ = try await ManagedProcess(
                "sentinel\(number)", ["redis-server", file, "--sentinel"], log: "\(directory)/sentinel\(number).log")
        }
        sentinelPorts = sentinels
        try await awaitRedundancy()
    }

    /// For `REDIS_URL`.
    var url: String {
        "sentinel://\(sentinelPorts.map { "127.0.0.1:\($0)" }.joined(separator: ","))/\(Self.master)"
    }

    /// The port of the primary that most Sentinels name.
    func primaryPort() async throws -> Int {
        var votes: [Int: Int] = [:]
        for port in sentinelPorts {
            let reply = try? await RedisServer.pipeline(
                [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.master]], port: port)
            guard let text = reply?.first?.elements.last?.string, let primary = Int(text) else { continue }
            votes[primary, default: 0] += 1
        }
        guard let most = votes.max(by: { $0.value < $1.value }), most.value >= 2 else {
            throw RigFailure("the Sentinels do not agree on a primary")
        }
        return most.key
    }

    /// Kills the primary; answers its place in `servers`.
    func killPrimary() async throws -> Int {
        let port = try await primaryPort()
        guard let index = servers.firstIndex(where: { $0.port == port }) else {
            throw RigFailure("the Sentinels name a primary that is not of this rig")
        }
        try await servers[index].kill()
        return index
    }

    /// Waits until the Sentinels name another primary than `port`, and that one takes writes.
    func awaitFailover(from port: Int, within limit: Duration) async throws {
        try await until("another primary", within: limit) {
            let primary = try await primaryPort()
            guard primary != port else { return false }
            let role = try await RedisServer.pipeline([["ROLE"]], port: primary)
            return role.first?.elements.first == .text("master")
        }
    }

    /// Starts the killed server again, as a replica of the new primary, and waits until all is redundant again.
    mutating func restart(_ index: Int) async throws {
        let primary = try await primaryPort()
        try await servers[index].startAgain(replicaOf: primary)
        try await awaitRedundancy()
    }

    /// Every server but the primary replicates it, and each Sentinel knows the two others.
    func awaitRedundancy() async throws {
        try await until("two replicas and three Sentinels", within: .seconds(30)) {
            let primary = try await primaryPort()
            let role = try await RedisServer.pipeline([["ROLE"]], port: primary)
            guard role.first?.elements.last?.elements.count == servers.count - 1 else { return false }
            for port in sentinelPorts {
                let reply = try await RedisServer.pipeline([["SENTINEL", "CKQUORUM", Self.master]], port: port)
                guard reply.first?.string?.hasPrefix("OK 3 usable") == true else { return false }
            }
            return true
        }
    }

    private static func settings(port: Int, primary: Int) -> String {
        """
        port \(port)
        bind 127.0.0.1
        protected-mode no
        dir /tmp
        sentinel monitor \(master) 127.0.0.1 \(primary) 2
        sentinel down-after-milliseconds \(master) \(downAfterMs)
        sentinel failover-timeout \(master) 6000
        sentinel parallel-syncs \(master) 2

        """
    }
}

/// Polls until `condition` holds, and says what never came true otherwise. A thrown error counts as false.
func until(
    _ what: String, within limit: Duration, every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if (try? await condition()) == true { return }
        try await Task.sleep(for: pause)
    }
    throw RigFailure("never came true within \(limit): \(what)")
}
