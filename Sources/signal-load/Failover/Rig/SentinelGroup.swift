import Foundation

/// A Redis primary with its replicas, watched by three Sentinels.
///
/// Confined to the task that runs the failover rounds.
struct SentinelGroup {
    /// What the Sentinels call the primary, whichever server that is.
    let master: String
    /// A primary that is silent for so long is taken for dead.
    static let downAfterMs = 2_000

    private(set) var servers: [RedisServer]
    let sentinelPorts: [Int]

    /// Processes of this machine, with two replicas; returns when all are redundant.
    init(directory: String, ports: inout FreePorts) async throws {
        master = "mymaster"
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
            try Self.settings(master, port: port, primary: primary.port).write(
                toFile: file, atomically: true, encoding: .utf8)
            _ = try await ManagedProcess(
                "sentinel\(number)", ["redis-server", file, "--sentinel"], log: "\(directory)/sentinel\(number).log")
        }
        sentinelPorts = sentinels
        try await awaitRedundancy()
    }

    /// Servers and Sentinels that run.
    init(servers: [RedisServer], sentinelPorts: [Int], master: String) {
        (self.servers, self.sentinelPorts, self.master) = (servers, sentinelPorts, master)
    }

    /// For `REDIS_URL`.
    var url: String {
        "sentinel://\(sentinelPorts.map { "127.0.0.1:\($0)" }.joined(separator: ","))/\(master)"
    }

    /// The place in `servers` of the primary that most Sentinels name.
    func primary() async throws -> Int {
        var votes: [RedisHost: Int] = [:]
        for port in sentinelPorts {
            let reply = try? await RedisServer.pipeline(
                [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master]], port: port)
            guard let words = reply?.first?.elements.compactMap(\.string), words.count == 2, let port = Int(words[1])
            else { continue }
            votes[RedisHost(name: words[0], port: port), default: 0] += 1
        }
        guard let most = votes.max(by: { $0.value < $1.value }), most.value >= 2 else {
            throw RigFailure("the Sentinels do not agree on a primary")
        }
        guard let index = servers.firstIndex(where: { $0.host == most.key }) else {
            throw RigFailure("the Sentinels name a primary that is not of this rig")
        }
        return index
    }

    /// Kills the primary; answers its place in `servers`.
    func killPrimary() async throws -> Int {
        let index = try await primary()
        try await servers[index].kill()
        return index
    }

    /// Waits until the Sentinels name another primary than the lost one, and that one takes writes.
    func awaitFailover(from lost: Int, within limit: Duration) async throws {
        try await until("another primary", within: limit) {
            let primary = try await primary()
            guard primary != lost else { return false }
            let role = try await servers[primary].address.pipeline([["ROLE"]])
            return role.first?.elements.first == .text("master")
        }
    }

    /// Starts the killed server again, as a replica of the new primary, and waits until all is redundant again.
    mutating func restart(_ index: Int) async throws {
        let primary = try await primary()
        try await servers[index].startAgain(replicaOf: servers[primary].port)
        try await awaitRedundancy()
    }

    /// Every server but the primary replicates it, and each Sentinel knows the two others.
    func awaitRedundancy() async throws {
        try await until("all replicas and three Sentinels", within: .seconds(30)) {
            let role = try await servers[try await primary()].address.pipeline([["ROLE"]])
            guard role.first?.elements.last?.elements.count == servers.count - 1 else { return false }
            for port in sentinelPorts {
                let reply = try await RedisServer.pipeline([["SENTINEL", "CKQUORUM", master]], port: port)
                guard reply.first?.string?.hasPrefix("OK 3 usable") == true else { return false }
            }
            return true
        }
    }

    private static func settings(_ master: String, port: Int, primary: Int) -> String {
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
