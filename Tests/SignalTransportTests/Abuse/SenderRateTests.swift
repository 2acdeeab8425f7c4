import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// The message rate of an address, over real sockets.
@Suite("Sender rates", .serialized) struct SenderRateTests {
    @Test("with delay a file of 24 MiB from an old client arrives complete although it is over the rate")
    func delaysFile() async throws {
        let chunks = 286
        try await TestServer.run {
            $0.abuse.rateLimitMode = "delay"
            // The last chunks wait for their share of the minute.
            $0.rates.messagesPerMinute = 278
        } _: { server in
            let (sender, receiver) = (try await server.join(), try await server.join())
            let data = String(repeating: "x", count: 88_000)
            let upload = Task {
                for number in 0..<chunks {
                    let text = "{\"type\":\"chunk\",\"n\":\(number),\"data\":\"\(data)\"}"
                    try await sender.sendRaw(TestFrame.bytes(opcode: 1, Array(text.utf8), key: [0, 0, 0, 0]))
                }
            }
            var bytes = 0
            for number in 0..<chunks {
                let chunk = try await receiver.next(timeout: .seconds(30))
                bytes += chunk.text.utf8.count
                #expect(chunk.text.hasPrefix("{\"type\":\"chunk\",\"n\":\(number),"))
            }
            try await upload.value
            #expect(bytes > 24 << 20)
            #expect(sender.waiting.isEmpty, "nobody was refused: \(sender.waiting)")
        }
    }

    @Test("with delay small messages that were read together keep their order, heartbeats included")
    func delaysBurst() async throws {
        try await TestServer.run {
            $0.abuse.rateLimitMode = "delay"
            $0.rates.messagesPerMinute = 600
        } _: { server in
            let (sender, receiver) = (try await server.join(), try await server.join())
            let burst = (0..<620).map { TestFrame.text("{\"type\":\"m\",\"n\":\($0)}") }
            try await sender.sendRaw(burst.flatMap { $0 } + TestFrame.text("{\"type\":\"heartbeat\"}"))
            for number in 0..<620 { #expect(try await receiver.next(timeout: .seconds(20))["n"] == "\(number)") }
            #expect(try await sender.next(timeout: .seconds(20)).type == "heartbeat-ack")
        }
    }

    @Test("drop refuses what is over the rate and keeps the socket; a dry run refuses nothing")
    func drops() async throws {
        for isDry in [false, true] {
            try await TestServer.run {
                $0.rates.messagesPerMinute = 5
                $0.rates.dryRun = isDry
            } _: { server in
                let (sender, receiver) = (try await server.join(), try await server.join())
                for number in 0..<8 { try await sender.send("{\"type\":\"m\",\"n\":\(number)}") }
                for number in 0..<(isDry ? 8 : 5) { #expect(try await receiver.next()["n"] == "\(number)") }
                if isDry { return }
                for _ in 0..<3 { #expect(try await sender.next()["code"] == "rate_limited") }
                try await receiver.send("{\"type\":\"heartbeat\"}")
                #expect(try await receiver.next()["code"] == "rate_limited", "both are of one address")
            }
        }
    }

    @Test("a broadcast costs as many messages as units of members get it; what goes to the server costs one")
    func broadcastCost() async throws {
        try await TestServer.run {
            $0.rates.messagesPerMinute = 20
            $0.abuse.broadcastUnitMembers = 2
        } _: { server in
            var peers: [TestPeer] = []
            for _ in 0..<8 { peers.append(try await server.join("large")) }
            let sender = peers[0]
            // Eight members are four units.
            for number in 0..<6 { try await sender.send("{\"type\":\"m\",\"n\":\(number)}") }
            for number in 0..<5 { #expect(try await peers[7].next()["n"] == "\(number)") }
            #expect(try await sender.next()["code"] == "rate_limited")
            #expect(peers[7].waiting.isEmpty)
        }
        try await TestServer.run {
            $0.rates.messagesPerMinute = 20
            $0.abuse.broadcastUnitMembers = 2
        } _: { server in
            var peers: [TestPeer] = []
            for _ in 0..<8 { peers.append(try await server.join("large")) }
            for _ in 0..<20 { try await peers[0].send("{\"type\":\"heartbeat\"}") }
            for _ in 0..<20 { #expect(try await peers[0].next().type == "heartbeat-ack") }
        }
    }

    @Test("five retries of a chunk, pings, heartbeats and acks are no repetition; a payload sent for ever is")
    func repetition() async throws {
        try await TestServer.run {
            $0.messages.duplicatePayloadLimit = 20
        } _: { server in
            let (sender, receiver) = (try await server.join(), try await server.join())
            for _ in 0..<6 { try await sender.send("{\"type\":\"chunk\",\"n\":1}") }
            for _ in 0..<6 { #expect(try await receiver.next().type == "chunk") }
            for type in ["ping", "ack"] {
                for _ in 0..<30 { try await sender.send("{\"type\":\"\(type)\"}") }
                for _ in 0..<30 { #expect(try await receiver.next().type == type) }
            }
            for _ in 0..<30 { try await sender.send("{\"type\":\"heartbeat\"}") }
            for _ in 0..<30 { _ = try await sender.next(type: "heartbeat-ack") }
            for _ in 0..<21 { try await sender.send("{\"type\":\"spam\"}") }
            for _ in 0..<20 { #expect(try await receiver.next().type == "spam") }
            #expect(try await sender.next(type: "error")["code"] == "duplicate_payload")
        }
    }
}
