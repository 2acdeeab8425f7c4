import Foundation
import SignalTestKit
import Testing

/// A primary, one replica in step with it, and Sentinels that know both: real processes.
struct ReplicatedRedis {
    let primary: RedisServer
    let replica: RedisServer
    let sentinels: [RedisSentinel]

    init(sentinels count: Int = 1, password: String? = nil, sentinelPassword: String? = nil) async throws {
        let login = password.map { ["--masterauth", $0] } ?? []
        let primary = try RedisServer(password: password, arguments: login + ["--repl-diskless-sync-delay", "0"])
        let replica = try RedisServer(password: password, arguments: login)
        self.primary = primary
        self.replica = replica
        try replica.command(["REPLICAOF", "127.0.0.1", "\(primary.port)"])
        try await eventually("the replica is in step") {
            try primary.command(["INFO", "replication"]).contains("state=online")
        }
        let watched = RedisSentinel.Primary(port: primary.port, password: password, quorum: count / 2 + 1)
        let sentinels = try (0..<count).map { _ in try RedisSentinel(of: watched, password: sentinelPassword) }
        self.sentinels = sentinels
        try await eventually("every Sentinel knows the replica and the other Sentinels") {
            try sentinels.allSatisfy {
                let words = try $0.command(["SENTINEL", "MASTER", "main"]).split(separator: "\n")
                func number(_ name: String) -> Int? {
                    words.firstIndex { $0 == name }.flatMap { Int(words[$0 + 1]) }
                }
                return number("num-slaves") == 1 && number("num-other-sentinels") == count - 1
            }
        }
    }

    /// `sentinel://…/main` of these Sentinels.
    var url: String {
        "sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/main"
    }
}
