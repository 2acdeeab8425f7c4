import RedisWire
import SignalTestKit
import Testing

@Suite("Lying server")
struct LyingServerTests {
    struct Lie: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let answer: ScriptedServer.Answer
        /// What the command fails with.
        let error: RedisError
        /// Whether the link says that the protocol was broken.
        let isViolation: Bool

        init(_ description: String, _ text: String) {
            testDescription = description
            answer = .text(text)
            error = .connectionLost
            isViolation = true
        }

        init(
            _ description: String, _ answer: ScriptedServer.Answer, error: RedisError = .connectionLost,
            isViolation: Bool = true
        ) {
            testDescription = description
            self.answer = answer
            self.error = error
            self.isViolation = isViolation
        }
    }

    private static let chunk = String(repeating: "x", count: 16_384)

    static let lies = [
        Lie("another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"),
        Lie("zeros", "\0\0\0\0"),
        Lie("a RESP3 type", "_\r\n"),
        Lie("a negative length", "$-5\r\n"),
        Lie("a number that overflows", ":99999999999999999999\r\n"),
        Lie("an array of two billion", "*2147483647\r\n"),
        Lie("arrays of two billion in each other", "*2147483647\r\n*2147483647\r\n*2147483647\r\n"),
        Lie("arrays too deep", String(repeating: "*1\r\n", count: 9) + ":1\r\n"),
        Lie(
            "endless data in a huge string", .endless("$9223372036854775807\r\n", filling: chunk)),
        Lie("an endless line", .endless("+", filling: chunk)),
        Lie(
            "an endless array", .endless("*300000\r\n", filling: String(repeating: "$0\r\n\r\n", count: 1000))),
        Lie("half a reply, then the end", .last("$10\r\nabc"), isViolation: false),
        Lie("the end", .last(""), isViolation: false),
        Lie("half a reply, then silence", .text("$10\r\nabc"), error: .timedOut, isViolation: false),
        Lie("a huge string, then silence", .text("$9000000000000000000\r\nabc"), error: .timedOut, isViolation: false),
        Lie("silence", .nothing, error: .timedOut, isViolation: false),
    ]

    @Test("a lie is a typed error, and the next connection works", arguments: lies)
    func lie(lie: Lie) async throws {
        var configuration = lie.error == .timedOut ? RedisLinkConfiguration.impatient : .patient
        configuration.maxReplyBytes = 1 << 20
        let told = Journal<Void>()
        try await ScriptedServer.run { _, read in
            if read == 0 { return .text("+PONG\r\n") }
            told.add(())
            return told.count == 1 ? lie.answer : .text("+honest\r\n")
        } _: { server in
            try await CommandProbe.run(server.url, configuration) { probe in
                let generation = try await probe.untilUp()
                #expect(await probe.send(RedisCommand("GET", ["a"])) == .failure(lie.error))
                try await eventually("an honest answer") {
                    await probe.send(RedisCommand("GET", ["a"])) == .success(.simple("honest"))
                }
                #expect(try await probe.generation > generation)
                #expect(probe.states.all.contains(where: \.isProtocolViolation) == lie.isViolation)
            }
        }
    }

    @Test("a reply too many ends the connection before it can answer another command")
    func extraReply() async throws {
        try await ScriptedServer.run { connection, read in
            if read == 0 { return .text("+PONG\r\n") }
            return .text(connection == 0 ? "+one\r\n+two\r\n" : "+honest\r\n")
        } _: { server in
            try await CommandProbe.run(server.url) { probe in
                try await probe.untilUp()
                #expect(await probe.send(RedisCommand("GET", ["a"])) == .success(.simple("one")))
                try await probe.untilUp(generation: 2)
                #expect(probe.states.all[1].isProtocolViolation)
                #expect(await probe.send(RedisCommand("GET", ["a"])) == .success(.simple("honest")))
            }
        }
    }

    @Test("a greeting without PONG is an unexpected reply")
    func wrongPong() async throws {
        try await ScriptedServer.run { connection, _ in
            .text(connection == 0 ? ":1\r\n" : "+PONG\r\n")
        } _: { server in
            try await CommandProbe.run(server.url) { probe in
                try await probe.untilUp()
                guard case .down(.unexpectedReply) = probe.states.all.first else {
                    Issue.record("\(probe.states.all)")
                    return
                }
            }
        }
    }

    @Test("a greeting that is never answered times out and is tried again")
    func silentGreeting() async throws {
        try await ScriptedServer.run { connection, _ in
            connection == 0 ? .nothing : .text("+PONG\r\n")
        } _: { server in
            try await CommandProbe.run(server.url, .impatient) { probe in
                try await probe.untilUp()
                #expect(probe.states.all == [.down(.timedOut), .up(generation: 1)])
            }
        }
    }
}
