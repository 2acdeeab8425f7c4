import NIOCore
import RedisWire
import SignalTestKit
import Testing

@Suite("Command link")
struct CommandLinkTests {
    @Test("ten thousand commands of one turn are answered in order, each with its own reply")
    func order() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            let answers = await probe.burst((0..<10_000).map { RedisCommand("ECHO", [.integer($0)]) })
            #expect(answers.map(\.command) == Array(0..<10_000))
            #expect(answers.map { try? $0.answer.get().int } == (0..<10_000).map { Int64($0) })
        }
    }

    @Test("the commands of one turn leave in one write")
    func coalescing() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            let before = try server.counter("total_reads_processed")
            _ = await probe.burst(Array(repeating: RedisCommand("PING"), count: 1000))
            // 14 kB, which Redis reads in one or two pieces; the control connection adds a few reads.
            #expect(try server.counter("total_reads_processed") - before < 20)
        }
    }

    @Test("binary values come back byte for byte", arguments: [0, 1, 4096, 512 * 1024])
    func binary(size: Int) async throws {
        let server = try RedisServer()
        var generator = SeededGenerator(seed: UInt64(size))
        var value = ByteBuffer(string: "\r\n\0$3\r\n")
        value.writeBytes((0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            #expect(await probe.send(RedisCommand("SET", ["\0key\r\n", .bytes(value)])) == .success(.simple("OK")))
            #expect(await probe.send(RedisCommand("GET", ["\0key\r\n"])) == .success(.bulk(value)))
        }
    }

    @Test("an error reply is a typed error and the connection stays")
    func errorReply() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            let answers = await probe.burst([
                RedisCommand("SET", ["a", "1"]), RedisCommand("LPUSH", ["a", "1"]), RedisCommand("GET", ["a"]),
            ])
            #expect(answers[1].answer.serverErrorCode == .wrongType)
            #expect(answers[2].answer == .success(.bulk(ByteBuffer(string: "1"))))
            #expect(try await probe.generation == 1)
        }
    }

    @Test("the database of the URL is selected")
    func database() async throws {
        let server = try RedisServer()
        try await CommandProbe.run("\(server.url)/3") { probe in
            try await probe.untilUp()
            _ = await probe.send(RedisCommand("SET", ["a", "1"]))
            #expect(try server.command(["INFO", "keyspace"]).contains("db3:keys=1"))
        }
    }

    @Test("the client name shows in CLIENT LIST, and a refused one does no harm", arguments: ["node-1", "with space"])
    func clientName(name: String) async throws {
        let server = try RedisServer()
        var configuration = RedisLinkConfiguration.patient
        configuration.clientName = name
        try await CommandProbe.run(server.url, configuration) { probe in
            try await probe.untilUp()
            #expect(try server.command(["CLIENT", "LIST"]).contains("name=node-1 ") == (name == "node-1"))
        }
    }

    @Test("a command before the link is up fails at once, and so does one after it was closed")
    func notConnected() async throws {
        let server = try RedisServer()
        server.kill()
        try await CommandProbe.run(server.url) { probe in
            #expect(await probe.send(RedisCommand("PING")) == .failure(.notConnected))
            try await probe.close()
            #expect(await probe.send(RedisCommand("PING")) == .failure(.closed))
            #expect(probe.states.last == .down(.closed))
        }
    }

    @Test("closing fails what is pending and ends the connection for good")
    func close() async throws {
        let server = try RedisServer()
        var configuration = RedisLinkConfiguration.patient
        configuration.clientName = "closing"
        try await CommandProbe.run(server.url, configuration) { probe in
            try await probe.untilUp()
            async let pending = probe.send(RedisCommand("BLPOP", ["none", 0]))
            try await eventually("the server has the command") { try server.blockedClients() == 1 }
            try await probe.close()
            #expect(await pending == .failure(.closed))
            try await eventually("the server has lost the client") {
                try !server.command(["CLIENT", "LIST"]).contains("name=closing")
            }
            #expect(try await !probe.isUp)
            #expect(probe.states.all == [.up(generation: 1), .down(.closed)])
        }
    }

    @Test("a wanted reconnect fails what is pending and gives a new generation")
    func reconnect() async throws {
        let server = try RedisServer()
        try await CommandProbe.run(server.url) { probe in
            try await probe.untilUp()
            async let pending = probe.send(RedisCommand("BLPOP", ["none", 0]))
            try await eventually("the server has the command") { try server.blockedClients() == 1 }
            try await probe.reconnect()
            #expect(await pending == .failure(.connectionLost))
            try await probe.untilUp(generation: 2)
            #expect(probe.states.all == [.up(generation: 1), .down(.connectionLost), .up(generation: 2)])
        }
    }

    @Test("a full pipeline refuses commands and takes them again when replies came")
    func fullPipeline() async throws {
        let server = try RedisServer()
        var configuration = RedisLinkConfiguration.patient
        configuration.maxPipelineBytes = 10_000
        try await CommandProbe.run(server.url, configuration) { probe in
            try await probe.untilUp()
            let command = RedisCommand("ECHO", [.string(String(repeating: "x", count: 900))])
            let answers = await probe.burst(Array(repeating: command, count: 20)).map(\.answer)
            #expect(answers.filter { $0 == .failure(.pipelineFull) }.count == 10)
            #expect(answers.filter { (try? $0.get()) != nil }.count == 10)
            #expect((try? await probe.send(command).get()) != nil)
        }
    }
}
