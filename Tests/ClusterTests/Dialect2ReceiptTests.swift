import SignalTestKit
import Testing

/// Outcomes of reliable signals, receipts, and the budgets of what a client says to the server itself.
@Suite("Dialect 2: receipts", .serialized)
struct Dialect2ReceiptTests {
    /// A receiver has one second.
    static let hurried = ["UNCONFIRMED_MS": "1000", "OUTCOME_MS": "1000", "SPILL_MAX_MS": "500"]

    private func peer(_ name: String, _ node: NodeProcess, confirms: Bool = true) async throws -> ReliablePeer {
        let peer = ReliablePeer(name)
        peer.confirms(confirms)
        try await peer.connect(port: node.port)
        return peer
    }

    @Test("a receipt confirms everything up to its number, once each")
    func cumulative() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...5 { try await ann.signal("\(number)", to: "bob") }
        for number in 1...5 { #expect(try await bob.next("signal").number("seq") == number) }
        for number in 1...5 { try await ann.next("ack", ["id": "\(number)", "level": "stored"]) }
        #expect(ann.waiting("ack").isEmpty)
        try await bob.confirm(3)
        for number in 1...3 { try await ann.next("ack", ["id": "\(number)", "level": "received"]) }
        try await bob.confirm(3)
        try await bob.confirm(2)
        try await bob.confirm(5)
        for number in 4...5 { try await ann.next("ack", ["id": "\(number)", "level": "received"]) }
        try await ann.signal("6", to: "bob")
        #expect(try await bob.next("signal").number("seq") == 6)
        #expect(ann.waiting("ack", "nack", "undeliverable").filter { $0["id"] != "6" }.isEmpty)
    }

    @Test("a heartbeat with seq is a receipt, and is answered")
    func heartbeat() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        try await ann.signal("1", to: "bob")
        try await bob.next("signal")
        try await bob.send(#"{"type":"heartbeat","seq":1}"#)
        #expect(try await bob.next("heartbeat-ack")["now"]?.hasSuffix("Z") == true)
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
    }

    @Test("a receipt for what was never sent confirms what was, and harms nobody")
    func receiptFromTheFuture() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        try await bob.confirm(9_007_199_254_740_991)
        // What comes behind it is not confirmed by it.
        try await bob.send(#"{"type":"heartbeat"}"#)
        try await bob.next("heartbeat-ack")
        try await ann.signal("1", to: "bob")
        try await bob.next("signal")
        try await ann.next("ack", ["id": "1", "level": "stored"])
        try await bob.confirm(1_000)
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
    }

    @Test("the same id again while it is unfinished has one effect")
    func repeatedID() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for _ in 0..<5 { try await ann.signal("1", to: "bob") }
        try await ann.signal("2", to: "bob")
        #expect(try await bob.next("signal")["id"] == "1")
        #expect(try await bob.next("signal")["id"] == "2")
        try await bob.confirm(2)
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        #expect(try await ann.outcome(of: "2", to: "bob") == "received")
        #expect(bob.waiting("signal").isEmpty)
        #expect(!ann.waiting("ack").contains { $0["level"] != "stored" })
    }

    @Test("the same id again when it is finished is received again at once, and shown to nobody")
    func repeatedAfterwards() async throws {
        let node = try NodeProcess("n1", settings: ["SPILL_MS": "4000", "SPILL_MAX_MS": "4000"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        for _ in 0..<3 {
            try await ann.signal("1", to: "bob")
            #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        }
        #expect(bob.waiting("signal").count == 1)
    }

    @Test("who confirms nothing is closed with 4408 unconfirmed, and gets it all again in its next connection")
    func unconfirmed() async throws {
        let node = try NodeProcess("n1", settings: Self.hurried)
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        #expect(try await bob.expectClose(timeout: .seconds(15)) == TestClose(code: 4408, reason: "unconfirmed"))
        try await ann.signal("4", to: "bob")
        bob.confirms(true)
        #expect(try await bob.connect(port: node.port).flag("resumed") == true)
        for number in 1...4 {
            let signal = try await bob.next("signal")
            #expect(signal["id"] == "\(number)")
            #expect(signal.number("seq") == number)
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
    }

    @Test("a silent client is closed with 4408 heartbeat_timeout; pings alone do not save it")
    func silence() async throws {
        let node = try NodeProcess("n1", settings: ["CLIENT_HEARTBEAT_MS": "1000"])
        let ann = try await peer("ann", node)
        #expect(try await ann.expectClose(timeout: .seconds(20)) == TestClose(code: 4408, reason: "heartbeat_timeout"))
    }

    @Test("a receiver that leaves with signals unconfirmed: the sender hears undeliverable, numbered, once each")
    func undeliverable() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...3 { try await bob.next("signal") }
        try await bob.close()
        for number in 1...3 {
            let news = try await ann.next("undeliverable")
            #expect(news["id"] == "\(number)" && news["to"] == "bob" && news["reason"] == "left")
            #expect(news.number("seq") == number)
        }
        try await ann.next("peer-left", ["peerId": "bob"])
        #expect(!ann.waiting("ack", "nack", "undeliverable").contains { $0["level"] != "stored" })
    }

    @Test("messages to the server beyond their own budget are answered rate_limited, and the signals go on")
    func controlBudget() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let heartbeat = TestFrame.text(#"{"type":"heartbeat"}"#)
        try await ann.socket.sendRaw((0..<60).flatMap { _ in heartbeat })
        let error = try await ann.next("error")
        #expect(error["code"] == "rate_limited")
        #expect(error.number("retryAfterMs") != nil)
        for number in 0..<100 { try await ann.send(#"{"type":"m","n":\#(number)}"#) }
        for number in 0..<100 { #expect(try await bob.next("m").number("n") == number) }
    }

    @Test("receipts count however many come: a fast receiver confirms 16 at a time")
    func manyReceipts() async throws {
        let node = try NodeProcess("n1", settings: ["UNCONFIRMED_MS": "60000"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...100 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...100 { try await bob.next("signal") }
        try await bob.socket.sendRaw((1...100).flatMap { TestFrame.text(#"{"type":"ack","seq":\#($0)}"#) })
        for number in 1...100 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
    }

    @Test("ten malformed messages in a minute are answered, the eleventh closes with 4400 malformed")
    func malformed() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        for _ in 0..<10 {
            try await ann.send("nonsense")
            #expect(try await ann.next("error")["code"] == "invalid_json")
        }
        try await ann.send("[]")
        #expect(try await ann.expectClose() == TestClose(code: 4400, reason: "malformed"))
    }

    @Test("a rate or a repeated payload never counts towards closing, and names the id")
    func rates() async throws {
        let node = try NodeProcess("n1", settings: ["DUPLICATE_PAYLOAD_LIMIT": "20"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        for _ in 0..<40 { try await ann.send(#"{"type":"same","id":"7"}"#) }
        for _ in 0..<20 {
            let error = try await ann.next("error")
            #expect(error["code"] == "duplicate_payload")
            #expect(error["id"] == "7")
        }
        for _ in 0..<20 { try await bob.next("same") }
        try await ann.send(#"{"type":"other"}"#)
        try await bob.next("other")
        let slow = try NodeProcess("n2", settings: ["RATE_LIMIT_MESSAGES_PER_MINUTE": "10"])
        let dan = try await peer("dan", slow)
        for number in 0..<30 { try await dan.send(#"{"type":"m","id":"\#(number)","to":"eve"}"#) }
        let error = try await dan.next("error")
        #expect(error["code"] == "rate_limited")
        #expect(error["id"] != nil)
        #expect(error.number("retryAfterMs") != nil)
        try await dan.send(#"{"type":"heartbeat"}"#)
        try await dan.next("heartbeat-ack")
    }

    @Test("a wrong token in auth is answered forbidden, a right one is not answered, and the session goes on")
    func auth() async throws {
        let node = try NodeProcess("n1", settings: Dialect2HelloTests.guarded)
        let ann = ReliablePeer("ann")
        let socket = try await ann.open(port: node.port, query: [("token", Dialect2HelloTests.token)])
        try await socket.send(ann.hello())
        try await ann.welcomed()
        try await ann.send(#"{"type":"auth","token":"\#(Dialect2HelloTests.token)"}"#)
        try await ann.send(#"{"type":"heartbeat"}"#)
        try await ann.next("heartbeat-ack")
        try await ann.send(#"{"type":"auth","token":"wrong"}"#)
        #expect(try await ann.next("error")["code"] == "forbidden")
        try await ann.send(#"{"type":"heartbeat"}"#)
        try await ann.next("heartbeat-ack")
    }
}
