import NIOCore
import RedisWire
import SignalTestKit
import Testing

@Suite("Outage of the server")
struct OutageTests {
    @Test("a killed server fails what is pending; restarted, it is reached with a new generation")
    func kill() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            async let pending = probe.send(RedisCommand("BLPOP", ["none", 0]))
            try await eventually("the server has the command") { try server.blockedClients() == 1 }
            server.kill()
            #expect(await pending == .failure(.connectionLost))
            #expect(await probe.send(RedisCommand("PING")) == .failure(.notConnected))
            try await eventually("the refusal is reported") { probe.states.last?.isConnectFailure == true }
            try server.restart()
            try await probe.untilUp(generation: 2)
            #expect(await probe.send(RedisCommand("PING")) == .success(.simple("PONG")))
        }
    }

    @Test("a server that is away at first is dialed until it is there")
    func lateServer() async throws {
        let server = try RedisServer()
        server.kill()
        try await CommandProbe.run(server.url) { probe in
            try await eventually("the refusal is reported") { probe.states.last?.isConnectFailure == true }
            try server.restart()
            try await probe.untilUp()
            #expect(try await probe.generation == 1)
        }
    }

    @Test("a stopped server times out the first command and loses the others; no late reply is taken for another")
    func suspend() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url, .impatient) { probe in
            let generation = try await probe.untilUp()
            server.suspend()
            let lost = await probe.burst([
                RedisCommand("ECHO", ["a"]), RedisCommand("ECHO", ["b"]), RedisCommand("ECHO", ["c"]),
            ])
            #expect(
                lost.map(\.answer) == [.failure(.timedOut), .failure(.connectionLost), .failure(.connectionLost)])
            try await eventually("the link says why it is down") { probe.states.all.contains(.down(.timedOut)) }
            server.resume()
            try await eventually("an answer of the new connection") {
                await probe.send(RedisCommand("ECHO", ["d"])) == .success(.bulk(ByteBuffer(string: "d")))
            }
            #expect(try await probe.generation > generation)
        }
    }

    @Test("flushed scripts cost the connection: NOSCRIPT, a new generation, and the prelude has loaded them again")
    func scriptFlush() async throws {
        let server = try RedisServer()
        let digest = try server.command(["SCRIPT", "LOAD", "return 'hello'"])
        try server.command(["SCRIPT", "FLUSH"])
        var configuration = RedisLinkConfiguration.patient
        configuration.prelude = [RedisCommand("SCRIPT", ["LOAD", "return 'hello'"])]
        let call = RedisCommand("EVALSHA", [.string(digest), 0])
        let hello = CommandProbe.Answer.success(.bulk(ByteBuffer(string: "hello")))
        try await CommandProbe.run(server.url, configuration) { probe in
            try await probe.untilUp()
            #expect(await probe.send(call) == hello)
            try server.command(["SCRIPT", "FLUSH"])
            let answers = await probe.burst([call, RedisCommand("PING")]).map(\.answer)
            #expect(answers[0].serverErrorCode == .noScript)
            #expect(answers[1] == .failure(.connectionLost))
            try await probe.untilUp(generation: 2)
            #expect(await probe.send(call) == hello)
            #expect(probe.states.all.map(\.serverErrorCode) == [nil, .noScript, nil])
        }
    }

    @Test("a prelude that fails keeps the link down")
    func failingPrelude() async throws {
        let server = try RedisServer()
        var configuration = RedisLinkConfiguration.patient
        configuration.prelude = [RedisCommand("SCRIPT", ["LOAD", "this is no Lua"])]
        try await CommandProbe.run(server.url, configuration) { probe in
            try await eventually("the error is reported") { probe.states.last?.serverErrorCode == .other }
            #expect(try await probe.generation == 0)
        }
    }

    @Test("a primary that became a replica costs the connection")
    func readOnly() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            try server.command(["REPLICAOF", "127.0.0.1", "1"])
            #expect(await probe.send(RedisCommand("SET", ["a", "1"])).serverErrorCode == .readOnly)
            try await probe.untilUp(generation: 2)
            try server.command(["REPLICAOF", "NO", "ONE"])
            #expect(await probe.send(RedisCommand("SET", ["a", "1"])) == .success(.simple("OK")))
        }
    }

    @Test("a replica whose primary is away, and a server that loads, cost the connection")
    func staleReplica() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            try server.command(["CONFIG", "SET", "replica-serve-stale-data", "no"])
            try server.command(["REPLICAOF", "127.0.0.1", "1"])
            #expect(await probe.send(RedisCommand("GET", ["a"])).serverErrorCode == .masterDown)
            try await eventually("the next one is refused in its greeting") {
                probe.states.last?.serverErrorCode == .masterDown
            }
            try server.command(["REPLICAOF", "NO", "ONE"])
            try await probe.untilUp(generation: 2)
        }
        let loading: ScriptedServer.Script = { connection, read in
            connection == 0 && read == 1 ? .text("-LOADING Redis is loading\r\n") : .text("+PONG\r\n")
        }
        try await ScriptedServer.run(loading) { server in
            try await CommandProbe.run(server.url) { probe in
                try await probe.untilUp()
                #expect(await probe.send(RedisCommand("GET", ["a"])).serverErrorCode == .loading)
                try await probe.untilUp(generation: 2)
            }
        }
    }

    @Test("a primary without the replicas that it needs refuses the command, and the link stays up")
    func noReplicas() async throws {
        let server = try RedisServer(arguments: ["--min-replicas-to-write", "1"])
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            #expect(await probe.send(RedisCommand("SET", ["a", "1"])).serverErrorCode == .noReplicas)
            #expect(await probe.send(RedisCommand("GET", ["a"])) == .success(.null))
            #expect(probe.states.all == [.up(generation: 1)])
        }
    }

    @Test("a connection that the server closes is replaced, again and again")
    func clientKill() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            for generation in UInt64(1)...5 {
                try await probe.untilUp(generation: generation)
                try server.command(["CLIENT", "KILL", "TYPE", "normal"])
            }
            try await probe.untilUp(generation: 6)
        }
    }
}
