import SignalTestKit
import Testing

/// What members are shown of each other.
@Suite("Dialect 2: presence", .serialized)
struct Dialect2PresenceTests {
    private func peer(_ name: String, _ node: NodeProcess) async throws -> ReliablePeer {
        let peer = ReliablePeer(name)
        try await peer.connect(port: node.port)
        return peer
    }

    /// Waits until everything that was shown before has arrived: one more peer comes and goes.
    private func fence(_ peers: ReliablePeer..., node: NodeProcess) async throws {
        let fence = try await self.peer("fence", node)
        try await fence.close()
        for peer in peers {
            try await peer.next("peer-joined", ["peerId": "fence"])
            try await peer.next("peer-left", ["peerId": "fence"])
        }
    }

    @Test("a join, a leave and a close with 1000 are shown once each, with rising versions")
    func joinAndLeave() async throws {
        let node = try NodeProcess("n1")
        let ann = ReliablePeer("ann")
        var versions = [try #require(try await ann.connect(port: node.port).number("v"))]
        let bob = ReliablePeer("bob")
        try await bob.connect(port: node.port, metadata: #"{"a":1}"#)
        let joined = try await ann.next("peer-joined", ["peerId": "bob"])
        #expect(joined.text.contains(#""metadata":{"a":1}"#))
        #expect(joined.number("since") != nil)
        try await bob.send(#"{"type":"leave"}"#)
        #expect(try await bob.expectClose().code == 1000)
        let left = try await ann.next("peer-left", ["peerId": "bob"])
        #expect(left["reason"] == "left")
        let cid = try await peer("cid", node)
        let next = try await ann.next("peer-joined", ["peerId": "cid"])
        #expect(next.text.contains(#""metadata":{}"#))
        try await cid.close(code: 1000)
        let last = try await ann.next("peer-left", ["peerId": "cid"])
        #expect(last["reason"] == "left")
        versions += [joined, left, next, last].compactMap { $0.number("v") }
        #expect(versions.count == 5)
        #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }, "\(versions)")
        #expect(ann.presence.isEmpty)
    }

    @Test("a lost socket shows away, and timeout when the window is over", arguments: [nil, 1001, 3000] as [UInt16?])
    func timeout(_ code: UInt16?) async throws {
        let node = try NodeProcess("n1", settings: ["LEAVE_WINDOW_MS": "700"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        if let code { try await bob.close(code: code) } else { await bob.drop() }
        let updated = try await ann.next("peer-updated", ["peerId": "bob"])
        #expect(updated.flag("away") == true)
        #expect(updated["metadata"] == nil)
        #expect(try await ann.next("peer-left", ["peerId": "bob"])["reason"] == "timeout")
        try await fence(ann, node: node)
        #expect(ann.presence.map(\.type) == ["peer-joined"])
    }

    @Test("a dialect 1 peer leaves at once, whatever its close")
    func legacyLeaves() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "old")
        try await ann.next("peer-joined", ["peerId": "old"])
        await old.drop()
        #expect(try await ann.next("peer-left", ["peerId": "old"])["reason"] == "left")
        #expect(ann.presence.isEmpty)
    }

    @Test("a resume shows that the peer is back, and nothing of a leave or a join")
    func resume() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined", ["peerId": "bob"])
        await bob.drop()
        #expect(try await ann.next("peer-updated", ["peerId": "bob"]).flag("away") == true)
        #expect(try await bob.connect(port: node.port).flag("resumed") == true)
        #expect(try await ann.next("peer-updated", ["peerId": "bob"]).flag("away") == false)
        try await fence(ann, node: node)
        #expect(ann.presence.isEmpty)
    }

    @Test("a new session under the same peerId after the window shows left and joined in turns")
    func comesAgain() async throws {
        let node = try NodeProcess("n1", settings: ["LEAVE_WINDOW_MS": "300"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined", ["peerId": "bob"])
        await bob.drop()
        try await ann.next("peer-left", ["peerId": "bob"])
        let welcome = try await bob.connect(port: node.port)
        #expect(welcome.flag("resumed") == false)
        try await ann.next("peer-joined", ["peerId": "bob"])
    }

    @Test("presence changes the metadata for everybody else, byte for byte")
    func metadata() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await bob.send(#"{"type":"presence","metadata":{"mood": "\u263a", "x":[1e3]}}"#)
        let updated = try await ann.next("peer-updated", ["peerId": "bob"])
        #expect(updated.text.contains(#""metadata":{"mood": "\u263a", "x":[1e3]}"#))
        #expect(updated.flag("away") == nil)
        let cid = ReliablePeer("cid")
        #expect(try await cid.connect(port: node.port).text.contains(#""metadata":{"mood": "\u263a", "x":[1e3]}"#))
        #expect(bob.waiting("peer-updated").isEmpty)
    }

    @Test("metadata that is too large, or no object, is answered invalid_message and shown to nobody")
    func badMetadata() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let large = #"{"x":"\#(String(repeating: "x", count: 2_041))"}"#
        for metadata in [large, "[]", "7", "null", #""text""#] {
            try await bob.send(#"{"type":"presence","metadata":\#(metadata)}"#)
            #expect(try await bob.next("error")["code"] == "invalid_message")
        }
        try await fence(ann, node: node)
        #expect(ann.waiting("peer-updated").isEmpty)
        let fits = #"{"x":"\#(String(repeating: "x", count: 2_040))"}"#
        try await bob.send(#"{"type":"presence","metadata":\#(fits)}"#)
        #expect(try await ann.next("peer-updated", ["peerId": "bob"]).text.contains(fits))
    }

    @Test("dialect 1 peers see neither presence nor receipts, and talk with dialect 2 in one room")
    func bothDialects() async throws {
        let node = try NodeProcess("n1")
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "old")
        _ = try await old.next(type: "welcome")
        let ann = try await peer("ann", node)
        try await ann.send(#"{"type":"presence","metadata":{"a":1}}"#)
        try await ann.send(#"{"type":"hi","n":1}"#)
        #expect(try await old.next()["type"] == "hi")
        try await old.send(#"{"type":"offer","to":"ann","id":"1","n":2}"#)
        let offer = try await ann.next("offer")
        #expect(offer["sourcePeerId"] == "old")
        #expect(offer["sourceSession"] == nil)
        #expect(offer.number("seq") == nil)
        try await ann.signal("7", to: "old")
        #expect(try await ann.outcome(of: "7", to: "old") == "written")
        let signal = try await old.next()
        #expect(signal.type == "signal")
        #expect(signal.number("seq") == nil)
        await ann.drop()
        try await ann.connect(port: node.port)
        try await ann.send(#"{"type":"end"}"#)
        #expect(try await old.next()["type"] == "end")
    }
}
