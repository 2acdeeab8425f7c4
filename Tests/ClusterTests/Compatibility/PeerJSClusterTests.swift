import Foundation
import SignalTestKit
import Testing

/// What PeerServer cannot do: more than one process.
@Suite("PeerJS over three nodes", .serialized)
struct PeerJSClusterTests {
    private static func client(
        _ id: String, at node: NodeProcess, token: String = "t"
    ) async throws -> PeerJSClient {
        try await PeerJSClient.open(id, port: node.port, token: token)
    }

    /// Waits until somebody else can have the ID.
    private static func take(_ id: String, at node: NodeProcess, token: String) async throws -> PeerJSClient {
        let deadline = ContinuousClock.now + PeerJSClient.patience
        while ContinuousClock.now < deadline {
            if let client = try? await client(id, at: node, token: token) { return client }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Cluster.Never(description: "\(id) never became free")
    }

    @Test("peers of different nodes reach each other, in order")
    func signals() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await Self.client("ann", at: cluster.nodes[0])
        let bob = try await Self.client("bob", at: cluster.nodes[1])
        let cid = try await Self.client("cid", at: cluster.nodes[2])
        for number in 0..<200 { try await ann.send("CANDIDATE", to: "bob", "\(number)") }
        for number in 0..<200 {
            let message = try await bob.next()
            #expect(message.word == "\(number)")
            #expect(message.src == "ann")
        }
        try await bob.send("ANSWER", to: "cid", "w")
        _ = try await cid.hears("ANSWER", from: "bob", "w")
        try await cid.send("LEAVE", to: "ann")
        _ = try await ann.hears("LEAVE", from: "cid")
        // No room grows with the number of peers.
        for name in ["ann", "bob", "cid"] {
            #expect(try cluster.redis.command(["HLEN", "bs:1:{peerjs%3Apeerjs::\(name)}:m"]) == "1")
        }
    }

    @Test("an ID is taken on every node, and its owner may go on at any")
    func taken() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await Self.client("ann", at: cluster.nodes[0], token: "hers")
        for node in cluster.nodes {
            let thief = try await PeerJSClient.dial("ann", port: node.port, token: "his")
            #expect(try await thief.next().type == "ID-TAKEN")
            _ = try await thief.peer.expectClose(timeout: PeerJSClient.patience)
        }
        let bob = try await Self.client("bob", at: cluster.nodes[1])
        let again = try await Self.client("ann", at: cluster.nodes[2], token: "hers")
        #expect(try await ann.peer.expectClose(timeout: PeerJSClient.patience).reason == "replaced")
        try await bob.send("OFFER", to: "ann", "found")
        _ = try await again.hears("OFFER", from: "bob", "found")
        try await again.peer.close()
        _ = try await Self.take("ann", at: cluster.nodes[1], token: "his")
    }

    @Test("a message waits for a peer that comes on another node, and expires when nobody comes")
    func waits() async throws {
        let cluster = try await Cluster(nodes: 3, settings: ["PEERJS_QUEUE_MS": "15000"])
        let ann = try await Self.client("ann", at: cluster.nodes[0])
        try await ann.send("OFFER", to: "nobody", "0")
        for number in 0..<5 { try await ann.send("CANDIDATE", to: "late", "\(number)") }
        let late = try await Self.client("late", at: cluster.nodes[2])
        for number in 0..<5 { #expect(try await late.next().word == "\(number)") }
        #expect(try await ann.next().text == #"{"type":"EXPIRE","src":"nobody","dst":"ann"}"#)
        #expect(ann.peer.waiting.isEmpty)
    }

    @Test("kill -9 of a node: its IDs come free after the lease, at once for their owners; no other is touched")
    func kill() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await Self.client("ann", at: cluster.nodes[1])
        _ = try await Self.client("lost", at: cluster.nodes[0])
        _ = try await Self.client("moved", at: cluster.nodes[0], token: "hers")
        cluster.nodes[0].kill()
        let moved = try await Self.client("moved", at: cluster.nodes[2], token: "hers")
        try await ann.send("OFFER", to: "moved", "again")
        _ = try await moved.hears("OFFER", from: "ann", "again")
        let thief = try await PeerJSClient.dial("ann", port: cluster.nodes[2].port, token: "his")
        #expect(try await thief.next().type == "ID-TAKEN")
        let lost = try await Self.take("lost", at: cluster.nodes[2], token: "another")
        try await lost.send("OFFER", to: "ann", "hello")
        _ = try await ann.hears("OFFER", from: "lost", "hello")
        try await ann.send("ANSWER", to: "lost", "hello")
        _ = try await lost.hears("ANSWER", from: "ann", "hello")
    }

    @Test("while Redis is away peers of one node still reach each other, and others again when it is back")
    func outage() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await Self.client("ann", at: cluster.nodes[0])
        let aya = try await Self.client("aya", at: cluster.nodes[0])
        let bob = try await Self.client("bob", at: cluster.nodes[1])
        cluster.redis.kill()
        try await cluster.eventually("degraded", within: .seconds(30)) {
            try await TestHTTP.get("/health", port: cluster.nodes[0].port).body.contains(#""degraded":true"#)
        }
        try await ann.send("OFFER", to: "aya", "here")
        _ = try await aya.hears("OFFER", from: "ann", "here")
        try await ann.send("OFFER", to: "bob", "there")
        _ = try await ann.hears("EXPIRE", from: "bob")
        try cluster.redis.restart()
        try await cluster.eventually("the way to the other node", within: .seconds(30)) {
            try await ann.send("OFFER", to: "bob", "back")
            return (try? await bob.peer.next(type: "OFFER", timeout: .seconds(1))) != nil
        }
    }
}
