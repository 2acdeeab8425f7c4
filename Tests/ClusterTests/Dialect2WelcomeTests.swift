import SignalTestKit
import Testing

/// What a client of dialect 2 is told when it has its place.
@Suite("Dialect 2: welcome", .serialized)
struct Dialect2WelcomeTests {
    @Test("the welcome has every member of the contract")
    func members() async throws {
        let node = try NodeProcess("n1", settings: ["LEAVE_WINDOW_MS": "12345", "CLIENT_HEARTBEAT_MS": "20000"])
        let ann = ReliablePeer("ann")
        let welcome = try await ann.connect(port: node.port)
        #expect(welcome["peerId"] == "ann")
        #expect(welcome["namespace"] == "global")
        #expect(welcome["room"] == "r")
        #expect(welcome["now"]?.hasSuffix("Z") == true)
        #expect(welcome.number("protocol") == 2)
        #expect(welcome["node"] == "n1")
        #expect(welcome.flag("resumed") == false)
        #expect(welcome.text.contains(#""members":[]"#))
        #expect(!welcome.text.contains(#""more""#))
        #expect(welcome.number("v") != nil)
        let resume = try #require(welcome.objects("resume").first)
        #expect(resume["token"]?.isEmpty == false)
        #expect(resume.number("windowMs") == 12_345)
        #expect(welcome.text.contains(#""iceServers":["#))
        #expect(welcome.number("iceTtlMs") != nil)
        #expect(welcome.number("heartbeatMs") == 20_000)
        #expect(welcome.objects("limits").first?.number("maxMessageBytes") == 262_144)
        #expect(welcome.text.contains(#""grants":["#))
    }

    @Test("of every pair exactly one is polite: the smaller name, and always the one that faces dialect 1")
    func politeness() async throws {
        let node = try NodeProcess("n1")
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "zoe")
        _ = try await old.next(type: "welcome")
        let bob = ReliablePeer("bob")
        try await bob.connect(port: node.port)
        let ann = ReliablePeer("ann")
        let seen = try await ann.connect(port: node.port).objects("members")
        #expect(seen.map { $0["peerId"] } == ["bob", "zoe"])
        #expect(seen.map { $0.flag("polite") } == [true, true])
        #expect(try await bob.next("peer-joined", ["peerId": "ann"]).flag("polite") == false)
        let eve = try await TestPeer.connect(port: node.port, room: "r", peerID: "aaa")
        _ = try await eve.next(type: "welcome")
        #expect(try await bob.next("peer-joined", ["peerId": "aaa"]).flag("polite") == true)
    }

    @Test("members tell since when, their metadata byte for byte, and who is away")
    func entries() async throws {
        let node = try NodeProcess("n1")
        let ann = ReliablePeer("ann")
        try await ann.connect(port: node.port, metadata: #"{ "name" : "Ann\u00e9", "n":1.50 }"#)
        let bob = ReliablePeer("bob")
        let first = try await bob.connect(port: node.port)
        #expect(first.text.contains(#""metadata":{ "name" : "Ann\u00e9", "n":1.50 }"#))
        let since = try #require(first.objects("members").first?.number("since"))
        #expect(since > 1_600_000_000_000)
        #expect(first.objects("members").first?.flag("away") == nil)
        await ann.drop()
        #expect(try await bob.next("peer-updated", ["peerId": "ann"]).flag("away") == true)
        let cid = ReliablePeer("cid")
        let second = try await cid.connect(port: node.port)
        let entry = try #require(second.objects("members").first { $0["peerId"] == "ann" })
        #expect(entry.flag("away") == true)
        #expect(entry.number("since") == since)
        // Counted although away.
        #expect(try await TestHTTP.get("/bootstrap?room=r", port: node.port).body.contains(#""peers":3,"#))
    }

    @Test("more than 500 members come in pages, each member once, all at one version")
    func pages() async throws {
        let node = try NodeProcess("n1")
        var crowd: [TestPeer] = []
        for number in 0..<501 {
            crowd.append(try await TestPeer.connect(port: node.port, room: "r", peerID: "p\(number)"))
        }
        for peer in crowd { _ = try await peer.next(type: "welcome") }
        let ann = ReliablePeer("ann")
        let welcome = try await ann.connect(port: node.port)
        #expect(welcome.objects("members").count == 500)
        #expect(welcome.flag("more") == true)
        let rest = try await ann.next("members")
        #expect(rest.objects("members").count == 1)
        #expect(rest.flag("more") == false)
        #expect(rest.number("v") == welcome.number("v"))
        let names = (welcome.objects("members") + rest.objects("members")).compactMap { $0["peerId"] }
        #expect(Set(names) == Set((0..<501).map { "p\($0)" }))
        // In a room of this size metadata is small.
        try await ann.send(#"{"type":"presence","metadata":{"x":"\#(String(repeating: "x", count: 260))"}}"#)
        #expect(try await ann.next("error")["code"] == "invalid_message")
        for peer in crowd { await peer.drop() }
    }
}
