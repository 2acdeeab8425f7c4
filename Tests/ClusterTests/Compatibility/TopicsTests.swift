import Foundation
import SignalTestKit
import Testing

/// y-webrtc's signaling protocol on one node.
@Suite("Topics for y-webrtc", .serialized)
struct TopicsTests {
    @Test("a publication reaches every subscriber of its topic, the sender too, with their number")
    func publishes() async throws {
        let node = try NodeProcess("topics")
        let ann = try await TopicsClient.connect(port: node.port)
        let bob = try await TopicsClient.connect(port: node.port)
        try await ann.subscribe("doc", "notes")
        try await bob.subscribe("doc")
        try await ann.counts(2, on: "doc")
        try await ann.counts(1, on: "notes")
        try await ann.peer.send(#"{"type":"publish","topic":"doc","clients":99,"data":{"from":"ann","n":1.50}}"#)
        for client in [ann, bob] {
            let heard = try await client.hears("ann", on: "doc")
            #expect(heard.text == #"{"type":"publish","topic":"doc","data":{"from":"ann","n":1.50},"clients":2}"#)
        }
        try await ann.publish("alone", to: "notes")
        _ = try await ann.hears("alone", on: "notes")
        try await bob.settle()
        #expect(!bob.peer.waiting.contains { $0["topic"] == "notes" })
        #expect(!bob.peer.waiting.contains { $0.type == "welcome" })
    }

    @Test("ping is answered with pong, alone")
    func ping() async throws {
        let node = try NodeProcess("topics")
        let ann = try await TopicsClient.connect(port: node.port)
        try await ann.peer.send(#"{"type":"ping"}"#)
        #expect(try await ann.peer.next(timeout: TopicsClient.patience).text == #"{"type":"pong"}"#)
    }

    @Test("what is published right behind a subscription is not lost")
    func early() async throws {
        let node = try NodeProcess("topics")
        let ann = try await TopicsClient.connect(port: node.port)
        var burst = TestFrame.text(#"{"type":"subscribe","topics":["doc"]}"#)
        for number in 0..<20 {
            burst += TestFrame.text(#"{"type":"publish","topic":"doc","data":{"from":"n\#(number)"}}"#)
        }
        try await ann.peer.sendRaw(burst)
        for number in 0..<20 {
            let heard = try await ann.peer.next(timeout: TopicsClient.patience)
            #expect(heard.objects("data").first?["from"] == "n\(number)")
        }
    }

    @Test("who unsubscribes, or goes, hears no more and counts no more")
    func leaves() async throws {
        let node = try NodeProcess("topics")
        let clients = [
            try await TopicsClient.connect(port: node.port), try await TopicsClient.connect(port: node.port),
            try await TopicsClient.connect(port: node.port),
        ]
        for client in clients { try await client.subscribe("doc") }
        try await clients[0].counts(3, on: "doc")
        try await clients[1].unsubscribe("doc")
        try await clients[0].counts(2, on: "doc")
        await clients[2].peer.drop()
        try await clients[0].counts(1, on: "doc")
        try await clients[0].publish("last", to: "doc")
        _ = try await clients[0].hears("last", on: "doc")
        try await clients[1].settle()
        #expect(!clients[1].peer.waiting.contains { $0.objects("data").first?["from"] == "last" })
        // And back again.
        try await clients[1].subscribe("doc")
        try await clients[1].counts(2, on: "doc")
    }

    @Test("bad input gets an error and leaves the connection and the node alone")
    func badInput() async throws {
        let node = try NodeProcess("topics")
        let ann = try await TopicsClient.connect(port: node.port)
        let long = String(repeating: "t", count: 256)
        let deep = String(repeating: "[", count: 100)
        let cases = [
            ("{", "invalid_json"), ("[]", "invalid_json"), (deep, "invalid_json"),
            (#"{"type":"publish","topic":"doc","data":\#(deep)"#, "invalid_message"),
            (#"{"type":"subscribe","topics":"doc"}"#, "invalid_message"),
            (#"{"type":"subscribe","topics":[1]}"#, "invalid_message"),
            (#"{"type":"subscribe","topics":[""]}"#, "invalid_message"),
            (#"{"type":"subscribe","topics":["\#(long)"]}"#, "invalid_message"),
            (#"{"type":"subscribe","topics":["a\u0000b"]}"#, "invalid_message"),
            (#"{"type":"publish","data":1}"#, "invalid_message"),
            (#"{"type":"publish","topic":"elsewhere"}"#, "forbidden"),
        ]
        for (text, code) in cases {
            try await ann.peer.send(text)
            #expect(try await ann.error()["code"] == code, "\(text.prefix(60))")
        }
        for text in [#"{"type":"hello"}"#, "{}", #"{"type":null}"#] { try await ann.peer.send(text) }
        try await ann.settle()
        try await ann.subscribe("doc")
        try await ann.counts(1, on: "doc")
        #expect(!ann.peer.waiting.contains { $0.type == "error" })
    }

    @Test("a message that is too large closes the socket with 1009, and only that one")
    func tooLarge() async throws {
        let node = try NodeProcess("topics", settings: ["MAX_MESSAGE_BYTES": "2048"])
        let ann = try await TopicsClient.connect(port: node.port)
        let bob = try await TopicsClient.connect(port: node.port)
        try await ann.publish(String(repeating: "x", count: 4_096), to: "doc")
        #expect(try await ann.peer.expectClose(timeout: TopicsClient.patience).code == 1009)
        try await bob.settle()
    }

    @Test("topics of a connection, and names of a message, are bounded")
    func topicLimit() async throws {
        let node = try NodeProcess("topics", settings: ["TOPICS_PER_CONNECTION": "2"])
        let ann = try await TopicsClient.connect(port: node.port)
        try await ann.subscribe("a", "b")
        try await ann.subscribe("c")
        let error = try await ann.error()
        #expect(error["code"] == "invalid_message")
        #expect(error["topic"] == "c")
        try await ann.subscribe("x", "y", "z")
        #expect(try await ann.error()["topic"] == nil)
        try await ann.unsubscribe("a")
        try await ann.subscribe("c")
        try await ann.counts(1, on: "c")
        try await ann.counts(1, on: "b")
    }

    @Test("subscriptions and publications count against the rate of the address")
    func rates() async throws {
        let node = try NodeProcess("topics", settings: ["RATE_LIMIT_MESSAGES_PER_MINUTE": "20"])
        let ann = try await TopicsClient.connect(port: node.port)
        try await ann.subscribe("a", "b", "c", "d", "e")
        for number in 0..<15 {
            try await ann.publish("n\(number)", to: "a")
            _ = try await ann.hears("n\(number)", on: "a")
        }
        try await ann.publish("over", to: "a")
        #expect(try await ann.error()["code"] == "rate_limited")
        try await ann.subscribe("f")
        #expect(try await ann.error()["code"] == "rate_limited")
    }

    @Test("where rooms need a token, subscriptions need it, and /topics?token= brings it")
    func tokens() async throws {
        let node = try NodeProcess("topics", settings: ["SIGNAL_TOKEN_SHA256": OldServerContractTests.digest])
        let stranger = try await TopicsClient.connect(port: node.port)
        try await stranger.subscribe("doc")
        let error = try await stranger.error()
        #expect(error["code"] == "forbidden")
        #expect(error["topic"] == "doc")
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await TopicsClient.connect(port: node.port, query: [("token", "wrong")])
        }
        #expect(refused?.status == 401)
        let ann = try await TopicsClient.connect(port: node.port, query: [("token", OldServerContractTests.token)])
        try await ann.subscribe("doc")
        try await ann.counts(1, on: "doc")
    }

    @Test("/signal cannot enter the rooms of other clients, and these endpoints can be off")
    func apart() async throws {
        let node = try NodeProcess("topics", settings: ["COMPATIBILITY_ENDPOINTS": "peerjs"])
        for namespace in ["y-topics", "peerjs:peerjs"] {
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: node.port, namespace: namespace, room: "doc")
            }
            #expect(refused?.status == 400)
            #expect(refused?.body.contains("invalid_namespace") == true)
        }
        let refused = await #expect(throws: TestPeer.Refused.self) { try await TopicsClient.connect(port: node.port) }
        #expect(refused?.status == 404)
        #expect(try await TestHTTP.get("/peerjs", port: node.port).status == 426)
        #expect(try await TestHTTP.get("/topics", port: node.port).status == 404)
    }
}
