import SignalTestKit
import Testing

/// The first frame of dialect 2, and the handshake before it.
@Suite("Dialect 2: hello", .serialized)
struct Dialect2HelloTests {
    static let token = OldServerContractTests.token
    static let guarded = ["SIGNAL_TOKEN_SHA256": OldServerContractTests.digest]
    /// `dev-token` as base64url.
    static let bearer = "bs.bearer.ZGV2LXRva2Vu"
    static let session = "AAAAAAAAAAAAAAAAAAAAAA"

    private func socket(
        _ node: NodeProcess, name: String? = "ann", query: [(String, String)] = [],
        headers: [(String, String)] = [ReliablePeer.subprotocol]
    ) async throws -> TestPeer {
        try await TestPeer.connect(port: node.port, room: "r", peerID: name, query: query, headers: headers)
    }

    @Test(
        "any other first frame closes the socket with 4400 hello_expected",
        arguments: [
            #"{"type":"offer","to":"bob"}"#, #"{"type":"ack","seq":1}"#, "nonsense", "[]", "null",
            #"{"sid":"AAAAAAAAAAAAAAAAAAAAAA","cn":1}"#,
        ])
    func otherFirstFrame(_ text: String) async throws {
        let node = try NodeProcess("hello")
        let ann = try await socket(node)
        try await ann.send(text)
        #expect(try await ann.expectClose() == TestClose(code: 4400, reason: "hello_expected"))
    }

    @Test(
        "a hello without a usable sid or cn closes the socket with 4400 bad_request",
        arguments: [
            #""cn":1"#, #""sid":"short","cn":1"#, #""sid":"AAAAAAAAAAAAAAAAAAAA+/","cn":1"#, #""sid":7,"cn":1"#,
            #""sid":"\#(session)""#, #""sid":"\#(session)","cn":-1"#, #""sid":"\#(session)","cn":1.5"#,
            #""sid":"\#(session)","cn":"1""#, #""sid":"\#(session)","cn":9007199254740992"#,
            #""sid":"\#(session)","cn":1,"resume":"token""#, #""sid":"\#(session)","cn":1,"metadata":[]"#,
        ])
    func badHello(_ members: String) async throws {
        let node = try NodeProcess("hello")
        let ann = try await socket(node)
        try await ann.send(#"{"type":"hello",\#(members)}"#)
        #expect(try await ann.expectClose() == TestClose(code: 4400, reason: "bad_request"))
    }

    @Test("a new session has the metadata of a large room from its hello on")
    func largeRoom() async throws {
        let node = try NodeProcess("hello", settings: ["LARGE_ROOM_MEMBERS": "1", "LARGE_ROOM_METADATA_BYTES": "16"])
        for name in ["bob", "cid"] {
            let peer = try await socket(node, name: name)
            let session = Self.session.dropLast() + (name == "bob" ? "Q" : "g")
            try await peer.send(
                #"{"type":"hello","sid":"\#(session)","cn":1,"metadata":{"name":"much longer than that"}}"#)
            _ = try await peer.next(type: "welcome")
        }
        let ann = try await socket(node)
        try await ann.send(#"{"type":"hello","sid":"\#(Self.session)","cn":1,"metadata":{"name":"longer than that"}}"#)
        #expect(try await ann.expectClose() == TestClose(code: 4400, reason: "bad_request"))
        let again = try await socket(node)
        try await again.send(#"{"type":"hello","sid":"\#(Self.session)","cn":1,"metadata":{"name":"ann"}}"#)
        _ = try await again.next(type: "welcome")
    }

    @Test("a client that says nothing is closed with 4408 hello_timeout, one that said hello is not")
    func silence() async throws {
        let node = try NodeProcess("hello", settings: ["HELLO_TIMEOUT_MS": "300"])
        let bob = ReliablePeer("bob")
        try await bob.connect(port: node.port)
        let ann = try await socket(node)
        #expect(try await ann.expectClose(timeout: .seconds(15)) == TestClose(code: 4408, reason: "hello_timeout"))
        try await bob.send(#"{"type":"heartbeat"}"#)
        try await bob.next("heartbeat-ack")
    }

    @Test("a peerId in the hello must be that of the query; alone either is taken; without one the node makes one")
    func names() async throws {
        let node = try NodeProcess("hello")
        let other = try await socket(node)
        try await other.send(#"{"type":"hello","sid":"\#(Self.session)","cn":1,"peerId":"bob"}"#)
        #expect(try await other.expectClose() == TestClose(code: 4400, reason: "peer_id_mismatch"))
        let same = try await socket(node)
        try await same.send(#"{"type":"hello","sid":"\#(Self.session)","cn":1,"peerId":"ann"}"#)
        #expect(try await same.next(type: "welcome")["peerId"] == "ann")
        let named = try await socket(node, name: nil)
        try await named.send(#"{"type":"hello","sid":"BAAAAAAAAAAAAAAAAAAAAA","cn":1,"peerId":"bob"}"#)
        #expect(try await named.next(type: "welcome")["peerId"] == "bob")
        let nameless = try await socket(node, name: nil)
        try await nameless.send(#"{"type":"hello","sid":"CAAAAAAAAAAAAAAAAAAAAA","cn":1}"#)
        let made = try #require(try await nameless.next(type: "welcome")["peerId"])
        #expect(!made.isEmpty && made.utf8.count <= 128)
        let joined = try await same.first("the made name") { $0.type == "peer-joined" && $0["peerId"] == made }
        #expect(joined.number("v") != nil)
    }

    @Test("a wrong token fails before the upgrade, however it comes; a right one is taken from each place")
    func tokensBefore() async throws {
        let node = try NodeProcess("hello", settings: Self.guarded)
        let wrong: [([(String, String)], [(String, String)])] = [
            ([("token", "wrong")], [ReliablePeer.subprotocol]),
            ([], [ReliablePeer.subprotocol, ("Authorization", "Bearer wrong")]),
            ([], [("Sec-WebSocket-Protocol", "browser-sync.v2, bs.bearer.d3Jvbmc")]),
        ]
        for (query, headers) in wrong {
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await socket(node, query: query, headers: headers)
            }
            #expect(refused?.status == 401)
            #expect(refused?.header("WWW-Authenticate") != nil)
        }
        let right: [([(String, String)], [(String, String)])] = [
            ([("token", Self.token)], [ReliablePeer.subprotocol]),
            ([], [ReliablePeer.subprotocol, ("Authorization", "Bearer \(Self.token)")]),
            ([], [("Sec-WebSocket-Protocol", "browser-sync.v2, \(Self.bearer)")]),
        ]
        for (number, (query, headers)) in right.enumerated() {
            let peer = ReliablePeer("peer\(number)")
            let socket = try await peer.open(port: node.port, query: query, headers: headers)
            #expect(socket.handshake.header("Sec-WebSocket-Protocol") == "browser-sync.v2")
            #expect(!socket.handshake.headers.contains { $0.value.contains("bs.bearer") })
            try await socket.send(peer.hello())
            try await peer.welcomed()
        }
        #expect(!node.log.contains(Self.token) && !node.log.contains("ZGV2LXRva2Vu"))
    }

    @Test("a token may come in the hello; a wrong one or none closes with 4401 unauthorized")
    func tokenInHello() async throws {
        let node = try NodeProcess("hello", settings: Self.guarded)
        let ann = try await socket(node)
        try await ann.send(#"{"type":"hello","sid":"\#(Self.session)","cn":1,"token":"\#(Self.token)"}"#)
        _ = try await ann.next(type: "welcome")
        for token in [#","token":"wrong""#, ""] {
            let bob = try await socket(node, name: "bob")
            try await bob.send(#"{"type":"hello","sid":"BAAAAAAAAAAAAAAAAAAAAA","cn":1\#(token)}"#)
            #expect(try await bob.expectClose() == TestClose(code: 4401, reason: "unauthorized"))
        }
        #expect(!node.log.contains(Self.token) && !node.log.contains(Self.session))
    }

    @Test("a binary frame closes with 1003, as the first frame and later")
    func binary() async throws {
        let node = try NodeProcess("hello")
        let first = try await socket(node)
        try await first.sendRaw(TestFrame.bytes(opcode: 2, Array(ReliablePeer("ann").hello().utf8)))
        #expect(try await first.expectClose().code == 1003)
        let ann = ReliablePeer("ann")
        try await ann.connect(port: node.port)
        try await ann.socket.sendRaw(TestFrame.bytes(opcode: 2, Array(#"{"type":"x"}"#.utf8)))
        #expect(try await ann.expectClose().code == 1003)
    }

    @Test("without browser-sync.v2 among the offers it is dialect 1, and nothing is selected")
    func otherProtocols() async throws {
        let node = try NodeProcess("hello")
        let old = try await socket(node, headers: [("Sec-WebSocket-Protocol", "browser-sync.v3, chat")])
        #expect(old.handshake.header("Sec-WebSocket-Protocol") == nil)
        let welcome = try await old.next(type: "welcome")
        #expect(welcome["protocol"] == nil)
        let new = try await socket(node, name: "bob", headers: [("Sec-WebSocket-Protocol", "chat, browser-sync.v2")])
        #expect(new.handshake.header("Sec-WebSocket-Protocol") == "browser-sync.v2")
    }

    @Test("a second hello is answered reserved_type and changes nothing")
    func secondHello() async throws {
        let node = try NodeProcess("hello")
        let ann = ReliablePeer("ann")
        try await ann.connect(port: node.port)
        try await ann.send(#"{"type":"hello","sid":"BAAAAAAAAAAAAAAAAAAAAA","cn":9}"#)
        #expect(try await ann.next("error")["code"] == "reserved_type")
        try await ann.send(#"{"type":"heartbeat"}"#)
        try await ann.next("heartbeat-ack")
    }

    @Test("messages right behind the hello wait for the welcome and are not lost")
    func impatient() async throws {
        let node = try NodeProcess("hello")
        let bob = ReliablePeer("bob")
        try await bob.connect(port: node.port)
        let ann = ReliablePeer("ann")
        let socket = try await ann.open(port: node.port)
        let early = (0..<20).flatMap { TestFrame.text(#"{"type":"early","n":\#($0)}"#) }
        try await socket.sendRaw(TestFrame.text(ann.hello()) + early)
        for number in 0..<20 { #expect(try await bob.next("early").number("n") == number) }
        #expect(try await socket.next()["type"] == "welcome")
    }

    @Test("every socket that ends before, at or after its hello gives its address's slot back")
    func slots() async throws {
        let settings = ["RATE_LIMIT_CONNECTIONS_PER_IP": "3", "HELLO_TIMEOUT_MS": "200"]
        let node = try NodeProcess("hello", settings: settings)
        for way in 0..<16 {
            let ann = ReliablePeer("ann")
            let socket = try await entered { try await ann.open(port: node.port) }
            switch way % 4 {
            case 0: await socket.drop()
            case 1: try await socket.send("nonsense")
            case 2: try await socket.sendRaw(TestFrame.text(ann.hello()) + TestFrame.text(#"{"type":"leave"}"#))
            default: break
            }
            if way % 4 > 0 { _ = try await socket.expectClose(timeout: .seconds(10)) }
        }
        var peers: [ReliablePeer] = []
        for number in 0..<3 {
            let peer = ReliablePeer("peer\(number)")
            let socket = try await entered { try await peer.open(port: node.port) }
            try await socket.send(peer.hello())
            try await peer.welcomed()
            peers.append(peer)
        }
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await ReliablePeer("late").open(port: node.port)
        }
        #expect(refused?.status == 429)
    }

    /// A slot comes back a moment after its socket is gone.
    private func entered(_ open: () async throws -> TestPeer) async throws -> TestPeer {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do { return try await open() } catch let refused as TestPeer.Refused {
                guard refused.status == 429, ContinuousClock.now < deadline else { throw refused }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    @Test("with closeCode=1 a wrong token becomes a close with 4401")
    func closeCode() async throws {
        let node = try NodeProcess("hello", settings: Self.guarded)
        let ann = try await socket(node, query: [("token", "wrong"), ("closeCode", "1")])
        #expect(try await ann.expectClose() == TestClose(code: 4401, reason: "unauthorized"))
    }

    @Test("a hello to a node that drains closes with 1012; a new socket is refused with 503")
    func draining() async throws {
        let node = try NodeProcess("hello", settings: ["DRAIN_SECONDS": "20", "DRAIN_BALANCER_SECONDS": "15"])
        let ann = ReliablePeer("ann")
        let early = try await ann.open(port: node.port)
        node.terminate()
        while try await TestHTTP.get("/readyz", port: node.port).status == 200 {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await early.send(ann.hello())
        #expect(try await ann.expectClose().code == 1012)
        let refused = await #expect(throws: TestPeer.Refused.self) { try await socket(node) }
        #expect(refused?.status == 503)
        #expect(refused?.header("Retry-After") != nil)
    }
}
