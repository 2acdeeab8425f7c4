/// A primary, one replica in step with it, and Sentinels that know both and call the primary `main`: real processes.
public struct ReplicatedRedis: Sendable {
    public let primary: RedisServer
    public let replica: RedisServer
    public let sentinels: [RedisSentinel]

    /// Returns when every Sentinel could lead a failover.
    ///
    /// - Parameters:
    ///   - count: How many Sentinels; a majority of them has to agree.
    ///   - password: `requirepass` of both data servers.
    ///   - sentinelPassword: `requirepass` of the Sentinels.
    public init(sentinels count: Int = 1, password: String? = nil, sentinelPassword: String? = nil) async throws {
        let login = password.map { ["--masterauth", $0] } ?? []
        let primary = try RedisServer(password: password, arguments: login + ["--repl-diskless-sync-delay", "0"])
        let replica = try RedisServer(password: password, arguments: login)
        try replica.command(["REPLICAOF", "127.0.0.1", "\(primary.port)"])
        try await Self.until { try primary.command(["INFO", "replication"]).contains("state=online") }

        let watched = RedisSentinel.Primary(port: primary.port, password: password, quorum: count / 2 + 1)
        let sentinels = try (0..<count).map { _ in try RedisSentinel(of: watched, password: sentinelPassword) }
        try await Self.until {
            try sentinels.allSatisfy {
                let words = try $0.command(["SENTINEL", "MASTER", "main"]).split(separator: "\n")
                func number(_ name: String) -> Int? {
                    words.firstIndex { $0 == name }.flatMap { Int(words[$0 + 1]) }
                }
                return number("num-slaves") == 1 && number("num-other-sentinels") == count - 1
            }
        }
        self.primary = primary
        self.replica = replica
        self.sentinels = sentinels
    }

    /// `sentinel://…/main` of these Sentinels, without a login.
    public var url: String {
        "sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/main"
    }

    private static func until(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RedisServer.Failure.doesNotStart
    }
}
