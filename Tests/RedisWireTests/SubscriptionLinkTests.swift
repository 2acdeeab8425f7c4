import NIOCore
import RedisWire
import SignalTestKit
import Testing

@Suite("Subscription link")
struct SubscriptionLinkTests {
    typealias Message = SubscriptionProbe.Message

    private func message(_ channel: String, _ text: String) -> Message {
        Message(channel: channel, payload: ByteBuffer(string: text))
    }

    @Test("up means subscribed: what is published from then on arrives, in order")
    func messages() async throws {
        let server = try RedisServer()
        try await SubscriptionProbe.run(server.url, channels: ["a", "b", "a"]) { probe in
            try await probe.untilUp()
            let expected = (0..<200).map { message($0 % 3 == 0 ? "b" : "a", "m\($0)") }
            for entry in expected {
                #expect(try server.command(["PUBLISH", entry.channel, String(buffer: entry.payload)]) == "1")
            }
            try await eventually("all messages arrived") { probe.messages.count == expected.count }
            #expect(probe.messages.all == expected)
            #expect(try server.command(["PUBLISH", "c", "x"]) == "0")
        }
    }

    @Test("a payload is any bytes")
    func binary() async throws {
        let server = try RedisServer()
        var generator = SeededGenerator(seed: 3)
        let bytes = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let payload = ByteBuffer(bytes: Array("\r\n\0".utf8) + bytes)
        try await SubscriptionProbe.run(server.url, channels: ["a"]) { probe in
            try await probe.untilUp()
            try await CommandProbe.run(server.url) { publisher in
                try await publisher.untilUp()
                #expect(await publisher.send(RedisCommand("PUBLISH", ["a", .bytes(payload)])) == .success(.integer(1)))
            }
            try await eventually("the message arrived") { !probe.messages.all.isEmpty }
            #expect(probe.messages.all == [Message(channel: "a", payload: payload)])
        }
    }

    @Test("a killed connection is subscribed again, with a new generation and the channels of that moment")
    func clientKill() async throws {
        let server = try RedisServer()
        let asked = Journal<Void>()
        @Sendable func channels() -> [String] {
            asked.add(())
            return ["channel-\(asked.count)"]
        }
        try await SubscriptionProbe.run(server.url, channels: channels()) { probe in
            try await probe.untilUp()
            try server.command(["PUBLISH", "channel-1", "first"])
            try await eventually("the first message arrived") { probe.messages.count == 1 }
            #expect(try server.command(["CLIENT", "KILL", "TYPE", "pubsub"]) == "1")
            try await probe.untilUp(generation: 2)
            #expect(try server.command(["PUBLISH", "channel-1", "nobody"]) == "0")
            try server.command(["PUBLISH", "channel-2", "second"])
            try await eventually("the second message arrived") { probe.messages.count == 2 }
            #expect(probe.messages.all == [message("channel-1", "first"), message("channel-2", "second")])
            #expect(probe.states.all == [.up(generation: 1), .down(.connectionLost), .up(generation: 2)])
        }
    }

    @Test("a silent server is given up, and subscribed again when it is back")
    func silence() async throws {
        let server = try RedisServer()
        try await SubscriptionProbe.run(server.url, .impatient, channels: ["a"]) { probe in
            let generation = try await probe.untilUp()
            let known = probe.states.count
            server.suspend()
            try await eventually("the silence is noticed") {
                probe.states.all.dropFirst(known).contains(.down(.timedOut))
            }
            server.resume()
            try await probe.untilUp(generation: generation + 1)
        }
    }

    @Test("an idle subscription stays up by its heartbeats", arguments: [["a"], []])
    func heartbeats(channels: [String]) async throws {
        let server = try RedisServer()
        var configuration = RedisLinkConfiguration.patient
        configuration.heartbeatInterval = .milliseconds(5)
        try await SubscriptionProbe.run(server.url, configuration, channels: channels) { probe in
            try await probe.untilUp()
            try await eventually("twenty heartbeats") {
                let statistics = try server.command(["INFO", "commandstats"])
                let calls = statistics.firstMatch(of: /cmdstat_ping:calls=(\d+)/)?.output.1
                return (calls.flatMap { Int($0) } ?? 0) > 20
            }
            #expect(probe.states.all == [.up(generation: 1)])
            #expect(probe.messages.all.isEmpty)
        }
    }

    @Test("a channel that the user may not hear keeps the link down with a typed error")
    func noPermission() async throws {
        let server = try RedisServer()
        try server.command(["ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all", "resetchannels", "&bs:*"])
        let url = "redis://ann:pw@127.0.0.1:\(server.port)"
        try await SubscriptionProbe.run(url, channels: ["bs:a"]) { try await $0.untilUp() }
        try await SubscriptionProbe.run(url, channels: ["other"]) { probe in
            try await eventually("the refusal is reported") { probe.states.last?.serverErrorCode == .noPermission }
            #expect(!probe.states.all.contains(.up(generation: 1)))
        }
    }

    @Test("closing ends the subscription for good")
    func close() async throws {
        let server = try RedisServer()
        try await SubscriptionProbe.run(server.url, channels: ["a"]) { probe in
            try await probe.untilUp()
            try await probe.close()
            try await eventually("nobody listens") { try server.command(["PUBLISH", "a", "x"]) == "0" }
            #expect(probe.states.all == [.up(generation: 1), .down(.closed)])
            #expect(probe.messages.all.isEmpty)
        }
    }

    @Test("a wanted reconnect subscribes anew")
    func reconnect() async throws {
        let server = try RedisServer()
        try await SubscriptionProbe.run(server.url, channels: ["a"]) { probe in
            try await probe.untilUp()
            try await probe.reconnect()
            try await probe.untilUp(generation: 2)
            #expect(try server.command(["PUBLISH", "a", "x"]) == "1")
        }
    }

    @Test("a subscription that is never confirmed times out, even if the server answers heartbeats")
    func unconfirmed() async throws {
        let pong = "*2\r\n$4\r\npong\r\n$0\r\n\r\n"
        try await ScriptedServer.run { connection, read in
            if read == 0 { return .text("+PONG\r\n") }
            return .text(connection == 0 ? pong : "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
        } _: { server in
            try await SubscriptionProbe.run(server.url, .impatient, channels: ["a"]) { probe in
                try await eventually("the missing confirmation is noticed") {
                    probe.states.all.first == .down(.timedOut)
                }
            }
        }
    }

    @Test("a value that is no message ends the connection")
    func stranger() async throws {
        try await ScriptedServer.run { _, read in
            .text(read == 0 ? "+PONG\r\n" : "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*1\r\n:5\r\n")
        } _: { server in
            try await SubscriptionProbe.run(server.url, channels: ["a"]) { probe in
                try await eventually("the violation is reported") {
                    probe.states.all.contains(where: \.isProtocolViolation)
                }
            }
        }
    }
}
