import Foundation
import SignalTestKit
import Testing

/// Three real processes and a real Redis act as one service.
@Suite("Three nodes as one service", .serialized)
struct ThreeNodeTests {
    @Test("peers on different nodes hear each other both ways, byte for byte")
    func crossNodeRelay() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        try await ann.send(#"{"type":"offer","sdp":"v=0\r\n 😀","n":1e999,"sourcePeerId":"forged"}"#)
        let offer = try await bob.next()
        #expect(
            offer.text.hasPrefix(
                #"{"type":"offer","sdp":"v=0\r\n 😀","n":1e999,"sourcePeerId":"ann","namespace":"global","room":"r","receivedAt":""#
            ))
        try await bob.send(#"{"type":"answer"}"#)
        #expect(try await ann.next(type: "answer")["sourcePeerId"] == "bob")
    }

    @Test("a thousand messages of one sender arrive on another node complete and in order")
    func order() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        let filler = String(repeating: "x", count: 2_000)
        for number in 0..<1_000 { try await ann.send(#"{"type":"m","n":"\#(number)","f":"\#(filler)"}"#) }
        for number in 0..<1_000 { #expect(try await bob.next(type: "m")["n"] == "\(number)") }
    }

    @Test("a burst of 16 MB from one sender, sent without a pause, arrives on another node complete")
    func burst() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        let data = String(repeating: "A", count: 87_600)
        var burst: [UInt8] = []
        for number in 0..<180 { burst += TestFrame.text(#"{"type":"chunk","n":"\#(number)","data":"\#(data)"}"#) }
        try await ann.sendRaw(burst)
        for number in 0..<180 { #expect(try await bob.next(type: "chunk")["n"] == "\(number)") }
    }

    @Test("joins and leaves show in the counts of every node")
    func counts() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.peer("ann", at: 0)
        try await cluster.everyNode(sees: 1)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        try await ann.close()
        try await cluster.everyNode(sees: 1)
        await bob.drop()
        try await cluster.everyNode(sees: 0)
    }

    @Test("a rendezvous record registered on one node is discovered on another")
    func rendezvous() async throws {
        let cluster = try await Cluster(nodes: 2)
        let answer = try await TestHTTP.post(
            "/rendezvous/register", json: #"{"room":"r","peerId":"ann","addresses":["/dns/x"],"metadata":{"a":1}}"#,
            port: cluster.nodes[0].port)
        #expect(answer.status == 200)
        let found = try await TestHTTP.get("/rendezvous/discover?room=r", port: cluster.nodes[1].port)
        #expect(found.body.contains(#""peerId":"ann""#))
        #expect(found.body.contains(#""addresses":["/dns/x"]"#))
    }

    @Test("kill -9 of a node removes its members on the others within 7 s, and only them")
    func kill() async throws {
        let cluster = try await Cluster(nodes: 3)
        _ = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        let cid = try await cluster.peer("cid", at: 2)
        try await cluster.everyNode(sees: 3)
        cluster.nodes[0].kill()
        let killed = ContinuousClock.now
        try await cluster.nodes(1...2, see: 2, within: .seconds(7))
        #expect(ContinuousClock.now - killed < .seconds(7))
        try await bob.send(#"{"type":"still"}"#)
        _ = try await cid.next(type: "still")
        // What the dead node held alone is swept as well.
        #expect(try cluster.redis.command(["HGETALL", "bs:1:{global::r}:n"]).contains("1"))
        #expect(try cluster.redis.command(["HLEN", "bs:1:{global::r}:m"]) == "2")
    }

    @Test("a restart of Redis loses no local message and heals within 3 s")
    func redisRestart() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let aya = try await cluster.peer("aya", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 3)
        cluster.redis.kill()
        try await cluster.eventually("degraded") {
            try await TestHTTP.get("/health", port: cluster.nodes[0].port).body.contains(#""degraded":true"#)
        }
        for number in 0..<200 { try await ann.send(#"{"type":"local","n":"\#(number)"}"#) }
        for number in 0..<200 { #expect(try await aya.next(type: "local")["n"] == "\(number)") }
        let guest = try await cluster.peer("guest", at: 0)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 200)
        try cluster.redis.restart()
        try await cluster.nodes(0...1, see: 4, within: .seconds(30))
        try await cluster.eventually("the way to the other node", within: .seconds(30)) {
            try await guest.send(#"{"type":"healed"}"#)
            return (try? await bob.next(type: "healed", timeout: .milliseconds(200))) != nil
        }
    }

    @Test("FLUSHALL makes nobody leave: the truth is back within 3 s")
    func flush() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        try cluster.redis.command(["FLUSHALL"])
        try await cluster.nodes(0...1, see: 2, within: .seconds(30))
        try await cluster.eventually("the way between the nodes", within: .seconds(30)) {
            try await ann.send(#"{"type":"again"}"#)
            return (try? await bob.next(type: "again", timeout: .milliseconds(200))) != nil
        }
    }

    @Test("a lost subscription is noticed and repaired")
    func silentSubscription() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        try cluster.redis.command(["CLIENT", "KILL", "TYPE", "pubsub"])
        try await cluster.eventually("the way between the nodes", within: .seconds(30)) {
            try await ann.send(#"{"type":"again"}"#)
            return (try? await bob.next(type: "again", timeout: .milliseconds(200))) != nil
        }
    }

    @Test("rooms whose members are all on one node cause no Redis command per message")
    func localRooms() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.peer("ann", at: 0)
        let aya = try await cluster.peer("aya", at: 0)
        try await cluster.everyNode(sees: 2)
        try cluster.redis.command(["CONFIG", "RESETSTAT"])
        for number in 0..<500 { try await ann.send(#"{"type":"m","n":"\#(number)"}"#) }
        for _ in 0..<500 { _ = try await aya.next(type: "m") }
        let calls = try cluster.redis.command(["INFO", "commandstats"])
        // Only heartbeats: their script publishes the echo, and nothing is published per message.
        let publishes = calls.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_publish:calls=") }
        let count = publishes.flatMap { Int($0.dropFirst("cmdstat_publish:calls=".count).prefix { $0.isNumber }) } ?? 0
        #expect(count < 100)
    }

    @Test("SIGTERM tells the balancer, refuses newcomers, closes with 1012 and exits; its members are gone")
    func drain() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: ["DRAIN_SECONDS": "2", "DRAIN_BALANCER_SECONDS": "1", "CLOSE_TIMEOUT_MS": "500"])
        let ann = try await cluster.peer("ann", at: 0)
        _ = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        cluster.nodes[0].terminate()
        try await cluster.eventually("lb-ready 404") {
            try await TestHTTP.get("/lb-ready", port: cluster.nodes[0].port).status == 404
        }
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 503)
        await #expect(throws: TestPeer.Refused.self) { try await cluster.peer("late", at: 0) }
        #expect(try await ann.expectClose(timeout: .seconds(10)).code == 1012)
        #expect(cluster.nodes[0].process.wait(seconds: 10))
        #expect(cluster.nodes[0].process.exitCode == 0)
        try await cluster.nodes(1...1, see: 1, within: .seconds(30))
    }
}
