import NIOCore
import NIOPosix
import RedisWire
import SignalTestKit
import Testing

@Suite("Sentinel")
struct SentinelTests {
    @Test("the link is to the primary that a Sentinel names, whatever dead entries stand before it in the list")
    func discovery() async throws {
        let redis = try await ReplicatedRedis()
        let (gone, silent) = try (RedisServer(), RedisServer())
        gone.kill()
        silent.suspend()
        var configuration = RedisLinkConfiguration.patient
        configuration.sentinelTimeout = .milliseconds(300)
        let url = "sentinel://127.0.0.1:\(gone.port),127.0.0.1:\(silent.port),127.0.0.1:\(redis.sentinels[0].port)/main"
        let log = LogJournal()
        try await CommandProbe.run(try RedisAddress(url), configuration, logger: log.logger) { probe in
            try await probe.untilUp()
            #expect(await probe.serverPort() == redis.primary.port)
        }
        #expect(log.all.contains { $0.hasPrefix("redis.primary host=127.0.0.1 name=main port=\(redis.primary.port)") })
        silent.resume()
    }

    @Test("a killed primary is left for the promoted replica")
    func failover() async throws {
        let redis = try await ReplicatedRedis()
        try await CommandProbe.run(redis.url) { probe in
            let generation = try await probe.untilUp()
            redis.primary.kill()
            try await eventually("the link is to the replica") { await probe.serverPort() == redis.replica.port }
            #expect(await probe.send(RedisCommand("SET", ["k", "v"])) == .success(.simple("OK")))
            #expect(try await probe.generation > generation)
        }
    }

    @Test("a silent primary is left at the Sentinel's word, long before any deadline")
    func switchNoticed() async throws {
        let redis = try await ReplicatedRedis()
        let log = LogJournal()
        // Nothing is sent on this link, so that no deadline can end its connection.
        try await CommandProbe.run(try RedisAddress(redis.url), logger: log.logger) { probe in
            try await probe.untilUp()
            try await eventually("the Sentinel is listened to") {
                try redis.sentinels[0].command(["CLIENT", "LIST"]).contains(" sub=1 ")
            }
            redis.primary.suspend()
            try await probe.untilUp(generation: 2)
            #expect(await probe.serverPort() == redis.replica.port)
        }
        redis.primary.resume()
        #expect(log.all.contains { $0.hasPrefix("redis.link-abandoned") && $0.contains(":\(redis.replica.port)") })
    }

    @Test("the loss of a Sentinel together with the primary is survived")
    func sentinelLost() async throws {
        let redis = try await ReplicatedRedis(sentinels: 3)
        try await CommandProbe.run(redis.url, .impatient) { probe in
            try await probe.untilUp()
            redis.sentinels[0].kill()
            redis.primary.kill()
            try await eventually("the link is to the replica") { await probe.serverPort() == redis.replica.port }
        }
    }

    @Test("a server that calls itself a replica is never used, until it is promoted")
    func replicaRefused() async throws {
        let primary = try RedisServer(arguments: ["--repl-diskless-sync-delay", "0"])
        let replica = try RedisServer()
        try replica.command(["REPLICAOF", "127.0.0.1", "\(primary.port)"])
        // It is told that the replica is the primary, and has no other server to fail over to.
        let sentinel = try RedisSentinel(of: .init(port: replica.port))
        try await CommandProbe.run("sentinel://127.0.0.1:\(sentinel.port)/main") { probe in
            let reason = RedisLinkState.down(.connectFailed("the server says that it is no primary"))
            try await eventually("the role is refused") { probe.states.last == reason }
            #expect(try await probe.generation == 0)
            try replica.command(["REPLICAOF", "NO", "ONE"])
            try await probe.untilUp()
            #expect(await probe.serverPort() == replica.port)
        }
    }

    @Test("a primary, and Sentinels, that are away at first are dialed until they are there")
    func refusedFirstDial() async throws {
        let primary = try RedisServer()
        let sentinel = try RedisSentinel(of: .init(port: primary.port))
        primary.kill()
        sentinel.suspend()
        var configuration = RedisLinkConfiguration.patient
        configuration.sentinelTimeout = .milliseconds(100)
        try await CommandProbe.run(try RedisAddress("sentinel://127.0.0.1:\(sentinel.port)/main"), configuration) {
            probe in
            let silent = RedisLinkState.down(.connectFailed("no Sentinel names the primary: timedOut"))
            try await eventually("the silence is reported") { probe.states.last == silent }
            sentinel.resume()
            try await eventually("the refusal is reported") { probe.states.last.map { $0 != silent } == true }
            #expect(probe.states.last?.isConnectFailure == true)
            try primary.restart()
            try await probe.untilUp()
        }
    }

    @Test("a name that the Sentinels do not know is the reason of a link that is down")
    func unknownName() async throws {
        let primary = try RedisServer()
        let sentinel = try RedisSentinel(of: .init(port: primary.port))
        try await CommandProbe.run("sentinel://127.0.0.1:\(sentinel.port)/other") { probe in
            try await eventually("the reason is reported") { probe.states.last?.isConnectFailure == true }
            #expect("\(probe.states.all)".contains("the Sentinel knows no such primary"))
        }
    }

    @Test("Sentinels and data servers have logins of their own, and no log line holds a password")
    func logins() async throws {
        let redis = try await ReplicatedRedis(password: "canary-data", sentinelPassword: "canary-sentinel")
        let log = LogJournal()
        // What docs/redis.md says a user of the Sentinels needs.
        try redis.sentinels[0].command([
            "ACL", "SETUSER", "signal", "on", ">canary-sentinel", "&+switch-master", "+ping", "+subscribe",
            "+client|setname", "+sentinel|get-master-addr-by-name",
        ])
        func address(_ data: String, _ sentinel: String) throws -> RedisAddress {
            var address = try SentinelAddress(
                "sentinel://:\(data)@127.0.0.1:\(redis.sentinels[0].port)/main")
            address.sentinelUsername = "signal"
            address.sentinelPassword = RedisPassword(sentinel)
            return .sentinels(address)
        }
        for (data, sentinel) in [("canary-wrong", "canary-sentinel"), ("canary-data", "canary-wrong")] {
            try await CommandProbe.run(try address(data, sentinel), logger: log.logger) { probe in
                try await eventually("the login is refused") {
                    log.all.contains { $0.hasPrefix("redis.link-down") && $0.contains("WRONGPASS") }
                }
                #expect(try await probe.generation == 0)
            }
        }
        try await CommandProbe.run(try address("canary-data", "canary-sentinel"), logger: log.logger) { probe in
            try await probe.untilUp()
            #expect(await probe.serverPort() == redis.primary.port)
            try await eventually("the Sentinel is listened to") {
                try redis.sentinels[0].command(["CLIENT", "LIST"]).contains(" sub=1 ")
            }
        }
        #expect(!log.all.joined().contains("canary"))
    }

    @Test("links that share a source share a search, and one Sentinel is asked once")
    func sharedSearch() async throws {
        let asked = Journal<Int>()
        let script: ScriptedServer.Script = { connection, read in
            guard read == 0 else { return .text("*2\r\n$1\r\nh\r\n$1\r\n1\r\n") }
            asked.add(connection)
            return .text("+PONG\r\n")
        }
        try await ScriptedServer.run(script) { server in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let address = try RedisAddress("sentinel://127.0.0.1:\(server.port)/main")
            let found = Journal<Result<RedisURL, RedisError>>()
            try await loop.submit {
                let source = address.source(configuration: .patient, on: loop, logger: .silent)
                for _ in 0..<3 { source.locate { found.add($0) } }
            }.get()
            try await eventually("all three have the answer") { found.count == 3 }
            #expect(found.all == Array(repeating: .success(RedisURL(host: "h", port: 1)), count: 3))
            #expect(asked.all == [0])
        }
    }
}
