import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// The budgets of peers without a token in public rooms (security.md row 21).
@Suite("Public writes") struct PublicWriteTests {
    @Test("a peer without a token has its own budget, and all of them one in each room; holders of tokens have none")
    func budgets() async throws {
        try await AccessTests.run {
            $0.rates.messagesPerMinute = 1_000
            $0.rates.publicWritesPerMinute = 4
            $0.rates.publicRoomWritesPerMinute = 6
        } _: { server in
            let ann = try await server.join(peerID: "ann")
            let bob = try await server.join(peerID: "bob")
            for number in 1...5 { try await ann.send(#"{"type":"m","n":"\#(number)"}"#) }
            #expect(try await ann.next(type: "error")["code"] == "rate_limited")
            for number in 1...4 { #expect(try await bob.next(type: "m")["n"] == "\(number)") }
            for number in 6...8 { try await bob.send(#"{"type":"m","n":"\#(number)"}"#) }
            #expect(try await bob.next(type: "error")["code"] == "rate_limited")
            for number in 6...7 { #expect(try await ann.next(type: "m")["n"] == "\(number)") }
            let sue = try await TestPeer.connect(
                port: server.port, room: "r", peerID: "sue",
                query: [("token", TestKeys.token("sue", namespace: "global"))])
            _ = try await sue.next(type: "welcome")
            for number in 10...20 { try await sue.send(#"{"type":"m","n":"\#(number)"}"#) }
            for number in 10...20 { #expect(try await bob.next(type: "m")["n"] == "\(number)") }
            try await ann.send(#"{"type":"heartbeat"}"#)
            _ = try await ann.next(type: "heartbeat-ack")
        }
    }

    @Test("with the defaults a file of 286 chunks goes through in one burst, as it always did")
    func defaults() async throws {
        let rates = NodeConfiguration.Rates()
        try await TestServer.run {
            $0.rates = rates
        } _: { server in
            let (sender, receiver) = (try await server.join(), try await server.join())
            #expect(rates.publicWritesPerMinute > 0 && rates.publicRoomWritesPerMinute > 0)
            try await sender.sendRaw((0..<286).flatMap { TestFrame.text("{\"type\":\"m\",\"n\":\($0)}") })
            for number in 0..<286 { #expect(try await receiver.next(timeout: .seconds(20))["n"] == "\(number)") }
            #expect(sender.waiting.isEmpty)
        }
    }

    @Test("exempt addresses, a rate of 0 and a dry run refuse nothing", arguments: ["exempt", "off", "dry"])
    func unlimited(by way: String) async throws {
        try await TestServer.run {
            $0.rates.messagesPerMinute = way == "off" ? 0 : 1_000
            $0.rates.publicWritesPerMinute = 1
            $0.rates.publicRoomWritesPerMinute = 1
            if way == "exempt" { $0.rates.exemptCIDRs = ["127.0.0.0/8"] }
            $0.rates.dryRun = way == "dry"
        } _: { server in
            let (sender, receiver) = (try await server.join(), try await server.join())
            for number in 0..<5 { try await sender.send("{\"type\":\"m\",\"n\":\(number)}") }
            for number in 0..<5 { #expect(try await receiver.next()["n"] == "\(number)") }
        }
    }
}
