import Foundation
import SignalTestKit
import Testing

/// What clients of the old single-process server rely on, row by row, against a real node process with the old defaults.
@Suite("The contract of the old server", .serialized)
struct OldServerContractTests {
    static let token = "dev-token"
    static let digest = "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"

    /// A plain HTTP request and what the old clients read of its answer.
    struct Row: Sendable, CustomTestStringConvertible {
        let request: String
        let status: Int
        var body: String?
        var header: (String, String)?
        var isOpen = true
        var testDescription: String { request }
    }

    static let rows = [
        Row(request: "GET /health", status: 200, body: #"{"ok":true,"now":"20"#),
        Row(request: "GET /health", status: 200, header: ("Access-Control-Allow-Origin", "*")),
        Row(request: "GET /metrics", status: 200, header: ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")),
        Row(request: "GET /metrics", status: 200, body: "bs_ws_connections_total 0\n"),
        Row(
            request: "GET /bootstrap", status: 200,
            body: #""namespace":"global","room":"public","peers":0,"signalingUrl":"ws://"#),
        Row(request: "GET /bootstrap?namespace=&room=", status: 200, body: #""namespace":"global","room":"public""#),
        Row(
            request: "GET /bootstrap?namespace=a%3A%3Ab&room=%7Bc%7D", status: 200,
            body: #""namespace":"a::b","room":"{c}""#),
        Row(
            request: "GET /rendezvous/discover?room=x", status: 200,
            body: #"{"namespace":"global","room":"x","peers":[]"#),
        Row(
            request: "OPTIONS /rendezvous/register", status: 204,
            header: ("Access-Control-Allow-Headers", "Content-Type,Authorization")),
        Row(request: "GET /nothing", status: 404),
        Row(request: "GET /rendezvous/register", status: 405),
        Row(request: "POST /rendezvous/register", status: 401, body: "Unauthorized", isOpen: false),
    ]

    @Test("plain requests", arguments: rows)
    func request(_ row: Row) async throws {
        let node = try NodeProcess("old", settings: row.isOpen ? [:] : ["SIGNAL_TOKEN_SHA256": Self.digest])
        let words = row.request.split(separator: " ")
        let answer = try await TestHTTP.request(
            String(words[0]), String(words[1]), port: node.port,
            headers: words[0] == "POST" ? [("Content-Type", "application/json")] : [],
            body: words[0] == "POST" ? "{}" : nil)
        #expect(answer.status == row.status)
        if let body = row.body { #expect(answer.body.contains(body)) }
        if let (name, value) = row.header { #expect(answer.header(name) == value) }
    }

    @Test("register answers the record, discover lists it newest first, with times in milliseconds as numbers")
    func rendezvous() async throws {
        let node = try NodeProcess("old", settings: ["SIGNAL_TOKEN_SHA256": Self.digest])
        for name in ["ann", "bob"] {
            let answer = try await TestHTTP.post(
                "/rendezvous/register",
                json:
                    #"{"namespace":"n","room":"r","peerId":"\#(name)","addresses":["a"],"metadata":{"k":[1,"x"]},"ttlMs":60000}"#,
                port: node.port, headers: [("Authorization", "Bearer \(Self.token)")])
            let record = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            #expect(answer.status == 200)
            #expect(record["peerId"] as? String == name)
            let seen = try #require(record["seenAt"] as? Int64)
            #expect(record["expiresAt"] as? Int64 == seen + 60_000)
            try await Task.sleep(for: .milliseconds(3))
        }
        let found = try await TestHTTP.get("/rendezvous/discover?namespace=n&room=r&limit=32", port: node.port)
        let bob = try #require(found.body.range(of: #""peerId":"bob""#))
        let ann = try #require(found.body.range(of: #""peerId":"ann""#))
        #expect(bob.lowerBound < ann.lowerBound)
        #expect(found.body.contains(#""metadata":{"k":[1,"x"]}"#))
    }

    @Test(
        "welcome comes first; heartbeats are acknowledged, telemetry is counted, everything else is relayed as it was")
    func messages() async throws {
        let node = try NodeProcess("old")
        let ann = try await TestPeer.connect(port: node.port, namespace: "n", room: "r", peerID: "ann")
        let welcome = try await ann.next()
        #expect(welcome.text.hasPrefix(#"{"type":"welcome","peerId":"ann","namespace":"n","room":"r","now":"20"#))
        let bob = try await TestPeer.connect(port: node.port, namespace: "n", room: "r", peerID: "bob")
        _ = try await bob.next(type: "welcome")
        try await ann.send(#"{"type":"heartbeat"}"#)
        #expect(try await ann.next(type: "heartbeat-ack")["now"]?.hasSuffix("Z") == true)
        try await ann.send(#"{"type":"telemetry","iceState":"connected","relayUsed":true}"#)
        for type in ["hello", "ack", "presence", "auth", "leave", "offer", "chunk"] {
            try await ann.send(#"{"type":"\#(type)","to":"bob","id":"1","payload":{"a":[1,2]}}"#)
            let relayed = try await bob.next()
            #expect(
                relayed.text.hasPrefix(
                    #"{"type":"\#(type)","to":"bob","id":"1","payload":{"a":[1,2]},"sourcePeerId":"ann","namespace":"n","room":"r","receivedAt":"20"#
                ))
        }
        let page = try await TestHTTP.get("/metrics", port: node.port).body
        #expect(page.contains(#"bs_ice_state_total{ice_state="connected"} 1"#))
        #expect(page.contains("bs_relay_usage_total 1"))
    }

    @Test(
        "what is no JSON object is answered with invalid_json, and the socket stays open",
        arguments: ["null", "[]", "{", "1", "\"x\"", "", "nonsense", String(repeating: "[", count: 100_000)])
    func invalid(_ text: String) async throws {
        let node = try NodeProcess("old")
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        _ = try await ann.next(type: "welcome")
        try await ann.send(text)
        #expect(try await ann.next().text == #"{"type":"error","code":"invalid_json"}"#)
        try await ann.send(#"{"type":"heartbeat"}"#)
        _ = try await ann.next(type: "heartbeat-ack")
    }

    @Test("words of the server are not relayed for a client")
    func reserved() async throws {
        let node = try NodeProcess("old")
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
        _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
        for word in ["welcome", "error", "peer-left", "peer-j\\u006fined", "go-away", "ice-servers"] {
            try await ann.send(#"{"type":"\#(word)","peerId":"bob"}"#)
            #expect(try await ann.next()["code"] == "reserved_type")
        }
        try await ann.send(#"{"type":"end"}"#)
        #expect(try await bob.next()["type"] == "end")
    }

    @Test(
        "the 13th connection of an address is refused with 429 and its slot comes back; 12 wrong tokens lock nobody out"
    )
    func connectionLimit() async throws {
        let node = try NodeProcess(
            "old", settings: ["SIGNAL_TOKEN_SHA256": Self.digest, "RATE_LIMIT_CONNECTIONS_PER_IP": "12"])
        for _ in 0..<12 {
            await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: node.port, room: "r", query: [("token", "wrong")])
            }
        }
        var peers: [TestPeer] = []
        for _ in 0..<12 {
            peers.append(try await TestPeer.connect(port: node.port, room: "r", query: [("token", Self.token)]))
        }
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await TestPeer.connect(port: node.port, room: "r", query: [("token", Self.token)])
        }
        #expect(refused?.status == 429)
        #expect(refused?.header("Retry-After") != nil)
        await peers.removeLast().drop()
        for attempt in 0..<200 {
            let next = try? await TestPeer.connect(port: node.port, room: "r", query: [("token", Self.token)])
            if next != nil { return }
            #expect(attempt < 199, "the slot never came back")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("the 301st message of a minute is dropped with rate_limited, and the socket stays open")
    func messageRate() async throws {
        let node = try NodeProcess("old", settings: ["RATE_LIMIT_MESSAGES_PER_MINUTE": "300"])
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
        _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
        for number in 0..<301 { try await ann.send(#"{"type":"m","n":"\#(number)"}"#) }
        for number in 0..<300 { #expect(try await bob.next()["n"] == "\(number)") }
        #expect(try await ann.next().text == #"{"type":"error","code":"rate_limited"}"#)
        #expect(bob.counts.messages == 0)
    }

    @Test(
        "a peer ID that is live is taken over from the same address; the late close of the old socket removes nothing")
    func takeover() async throws {
        let node = try NodeProcess("old")
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        _ = try await old.next(type: "welcome")
        let new = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        _ = try await new.next(type: "welcome")
        let close = try await old.expectClose()
        #expect(close == TestClose(code: 4409, reason: "replaced"))
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
        _ = try await bob.next(type: "welcome")
        try await bob.send(#"{"type":"hi"}"#)
        #expect(try await new.next()["type"] == "hi")
        #expect(try await TestHTTP.get("/bootstrap?room=r", port: node.port).body.contains(#""peers":2,"#))
    }

    @Test("a message of 88 kB, in binary frames too, passes")
    func largeMessages() async throws {
        let node = try NodeProcess("old")
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
        _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
        let chunk = #"{"type":"chunk","data":"\#(String(repeating: "A", count: 87_700))"}"#
        for _ in 0..<20 { try await ann.send(chunk) }
        try await ann.sendRaw(TestFrame.bytes(opcode: 0x2, Array(chunk.utf8)))
        for _ in 0..<21 {
            let relayed = try await bob.next()
            #expect(relayed.text.utf8.count > 87_700)
            #expect(relayed.type == "chunk")
        }
    }

    @Test("the addresses of connected peers are never published")
    func privacy() async throws {
        let node = try NodeProcess("old")
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        _ = try await ann.next(type: "welcome")
        let found = try await TestHTTP.get("/rendezvous/discover?room=r", port: node.port).body
        #expect(found.contains(#""peerId":"ann""#))
        #expect(found.contains(#""addresses":[]"#))
        #expect(found.contains(#""transport":"websocket""#))
        #expect(!found.contains("127.0.0.1"))
    }
}
