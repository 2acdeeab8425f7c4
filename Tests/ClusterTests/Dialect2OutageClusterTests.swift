import SignalTestKit
import Testing

/// Sessions of dialect 2 while Redis is away or emptied, and while a node drains.
@Suite("Dialect 2 across nodes: outages", .serialized)
struct Dialect2OutageClusterTests {
    private func untilDegraded(_ isDegraded: Bool, _ cluster: Cluster) async throws {
        for node in cluster.nodes {
            try await cluster.eventually("\(node.name) degraded: \(isDegraded)", within: .seconds(15)) {
                try await TestHTTP.get("/health", port: node.port).body.contains(#""degraded":\#(isDegraded)"#)
            }
        }
    }

    @Test("without Redis local signals are received, remote ones nack degraded, and a resume elsewhere closes 1013")
    func away() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let aya = try await cluster.reliablePeer("aya", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        for peer in ["aya", "bob"] { try await ann.next("peer-joined", ["peerId": peer]) }
        cluster.redis.kill()
        try await untilDegraded(true, cluster)
        for number in 0..<50 { try await ann.signal("\(number)", to: "aya") }
        for number in 0..<50 {
            #expect(try await aya.next("signal")["id"] == "\(number)")
            #expect(try await ann.outcome(of: "\(number)", to: "aya") == "received")
        }
        // Again: received once more, and shown to nobody.
        try await ann.signal("49", to: "aya")
        #expect(try await ann.outcome(of: "49", to: "aya") == "received")
        try await ann.signal("far", to: "bob")
        #expect(try await ann.outcome(of: "far", to: "bob") == "degraded")
        #expect(ann.waiting("ack", "nack").isEmpty)
        // Neither where the room is known, nor where nobody has been in it.
        for (number, node) in [0, 2].enumerated() {
            let moved = ReliablePeer("bob", session: bob.session)
            let socket = try await moved.open(port: cluster.nodes[node].port)
            try await socket.send(moved.hello(number: 9 + number, token: bob.resumeToken))
            #expect(try await moved.expectClose() == TestClose(code: 1013, reason: "unverified"))
        }
        // On its own node a session comes back without Redis.
        await aya.drop()
        #expect(try await aya.connect(port: cluster.nodes[0].port).flag("resumed") == true)
        try cluster.redis.restart()
        try await untilDegraded(false, cluster)
        try await cluster.eventually("the way to the other node", within: .seconds(15)) {
            try await ann.signal("after", to: "bob")
            return try await ann.outcome(of: "after", to: "bob", timeout: .seconds(10)) == "received"
        }
        #expect(aya.waiting("signal").isEmpty)
        for peer in [ann, bob] {
            #expect(!peer.presence.contains { $0.type != "peer-updated" && $0["peerId"] != "aya" })
        }
    }

    @Test("what was promised arrives after a restart of Redis with nothing in it, in order, with one final outcome")
    func emptied() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        try await ann.next("peer-joined", ["peerId": "bob"])
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        for number in 1...5 { try await ann.signal("\(number)", to: "bob") }
        for number in 1...5 { try await ann.next("ack", ["id": "\(number)", "level": "stored"]) }
        cluster.redis.kill()
        try await untilDegraded(true, cluster)
        try cluster.redis.restart()
        try await untilDegraded(false, cluster)
        bob.confirms(true)
        // Until its node has announced it again a resume may find nothing to resume, and is told so by its close.
        try await cluster.eventually("bob's node announces it", within: .seconds(15)) {
            try cluster.redis.command(["HEXISTS", "bs:1:{global::r}:m", "bob"]) == "1"
        }
        #expect(try await bob.connect(port: cluster.nodes[1].port).flag("resumed") == true)
        for number in 1...5 {
            #expect(try await bob.next("signal")["id"] == "\(number)")
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(!ann.presence.contains { $0.type != "peer-updated" })
        #expect(!ann.waiting("ack", "nack", "undeliverable").contains { $0["level"] != "stored" })
    }

    @Test("what changed unseen in bulk is one list instead of many messages")
    func unseen() async throws {
        let cluster = try await Cluster(nodes: 2, settings: ["RESYNC_CHANGES": "2"])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        var others: [ReliablePeer] = []
        for name in ["bea", "cid", "dan", "eve"] {
            others.append(try await cluster.reliablePeer(name, at: 1))
            try await ann.next("peer-joined", ["peerId": name])
        }
        cluster.redis.kill()
        try await untilDegraded(true, cluster)
        for peer in others.dropFirst() { try await peer.close() }
        try cluster.redis.restart()
        let list = try await ann.next("resync", timeout: .seconds(20))
        #expect(list.objects("members").map { $0["peerId"] } == ["bea"])
        #expect(ann.presence.isEmpty)
    }

    @Test("FLUSHALL: nobody is seen to leave, and what was promised arrives")
    func flush() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        try await ann.next("peer-joined", ["peerId": "bob"])
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for number in 1...3 { try await ann.next("ack", ["id": "\(number)", "level": "stored"]) }
        try cluster.redis.command(["FLUSHALL"])
        try await cluster.eventually("the members are announced again", within: .seconds(15)) {
            try cluster.redis.command(["HLEN", "bs:1:{global::r}:m"]) == "2"
        }
        await bob.drop()
        bob.confirms(true)
        try await ann.next("peer-updated", ["peerId": "bob"])
        #expect(try await bob.connect(port: cluster.nodes[0].port).flag("resumed") == true)
        for number in 1...3 {
            try await bob.next("signal", ["id": "\(number)"])
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(!ann.presence.contains { $0.type != "peer-updated" })
    }

    @Test("a paused node: its members are lost once and back once, and its own client hears no leave of itself")
    func paused() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: ["LEASE_MS": "2000", "HEARTBEAT_MS": "200", "AMNESTY_GAP_MS": "1000"])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await ann.next("peer-joined", ["peerId": "bob"])
        cluster.nodes[1].suspend()
        #expect(try await ann.next("peer-left", timeout: .seconds(20))["reason"] == "node-lost")
        cluster.nodes[1].resume()
        #expect(try await ann.next("peer-joined", timeout: .seconds(20))["peerId"] == "bob")
        try await ann.signal("1", to: "bob")
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        #expect(ann.presence.isEmpty)
        #expect(!bob.presence.contains { $0["peerId"] == "bob" })
    }

    @Test("SIGTERM: go-away says when and why, 1012 closes, the session goes on elsewhere, and nobody sees a leave")
    func drain() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: ["DRAIN_SECONDS": "3", "DRAIN_BALANCER_SECONDS": "1", "CLOSE_TIMEOUT_MS": "500"])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        let old = try await cluster.peer("old", at: 1)
        for peer in ["bob", "old"] { try await ann.next("peer-joined", ["peerId": peer]) }
        bob.confirms(false)
        try await ann.signal("1", to: "bob")
        try await bob.next("signal")
        cluster.nodes[1].terminate()
        try await cluster.eventually("draining", within: .seconds(10)) {
            try await TestHTTP.get("/readyz", port: cluster.nodes[1].port).status == 503
        }
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await ReliablePeer("late").open(port: cluster.nodes[1].port)
        }
        #expect(refused?.status == 503)
        let goAway = try await bob.next("go-away")
        #expect(goAway["reason"] == "restart")
        #expect(goAway.number("deadlineMs").map { 0...3_000 ~= $0 } == true)
        #expect(goAway.number("retryAfterMs").map { $0 > 0 } == true)
        #expect(try await bob.expectClose(timeout: .seconds(15)).code == 1012)
        #expect(try await old.expectClose(timeout: .seconds(15)).code == 1012)
        #expect(cluster.nodes[1].process.wait(seconds: 20))
        bob.confirms(true)
        #expect(try await bob.connect(port: cluster.nodes[0].port).flag("resumed") == true)
        try await bob.next("signal", ["id": "1"])
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        #expect(!ann.presence.contains { $0["peerId"] == "bob" && $0.type != "peer-updated" })
        #expect(!old.waiting.contains { $0.type == "go-away" })
    }
}
