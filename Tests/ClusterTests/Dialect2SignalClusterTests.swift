import SignalTestKit
import Testing

/// Directed signals between nodes, as three real processes on a real Redis.
@Suite("Dialect 2 across nodes: signals", .serialized)
struct Dialect2SignalClusterTests {
    @Test("stored comes first and received last, once each, for each of several targets on several nodes")
    func outcomes() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        let cid = try await cluster.reliablePeer("cid", at: 2)
        let old = try await cluster.peer("old", at: 1)
        try await cluster.everyNode(sees: 4)
        try await ann.send(#"{"type":"signal","to":["bob","cid","old","nobody"],"id":"7"}"#)
        #expect(try await bob.next("signal").number("seq") == 1)
        try await ann.next("ack", ["to": "bob", "level": "stored"])
        try await bob.confirm(1)
        #expect(try await ann.outcome(of: "7", to: "bob") == "received")
        #expect(try await ann.outcome(of: "7", to: "cid") == "received")
        #expect(try await ann.outcome(of: "7", to: "old") == "written")
        #expect(try await ann.outcome(of: "7", to: "nobody") == "not_found")
        #expect(try await old.next(type: "signal")["seq"] == nil)
        #expect(cid.waiting("signal").count == 1)
        // One more round, and nothing of the first one came twice.
        try await ann.signal("8", to: "bob")
        try await bob.next("signal", ["id": "8"])
        try await ann.next("ack", ["id": "8", "level": "stored"])
        let rest = ann.waiting("ack", "nack", "undeliverable").filter { $0["id"] == "7" }
        #expect(Set(rest.map { "\($0["to"] ?? "") \($0["level"] ?? "")" }).isSubset(of: ["cid stored", "old stored"]))
        #expect(rest.count == Set(rest.map(\.text)).count)
    }

    @Test("best effort reaches a peer on another node, and a peer that is nowhere is nack not_found")
    func bestEffort() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await ann.next("peer-joined", ["peerId": "bob"])
        try await ann.send(#"{"type":"x","to":["bob","nobody"]}"#)
        let signal = try await bob.next("x")
        #expect(signal["sourcePeerId"] == "ann")
        #expect(signal.number("seq") == nil)
        #expect(try await ann.next("nack").text == #"{"type":"nack","to":"nobody","code":"not_found"}"#)
    }

    @Test("directed, reliable and broadcast signals keep their order between two nodes")
    func order() async throws {
        let cluster = try await Cluster(nodes: 2, settings: ["EVENT_LOOPS": "2"])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        let near = try await cluster.reliablePeer("near", at: 0)
        for peer in ["bob", "near"] { try await ann.next("peer-joined", ["peerId": peer]) }
        for start in stride(from: 0, to: 600, by: 50) {
            let burst = (start..<start + 50).flatMap { number in
                let target = [#","to":"bob""#, #","to":["near","bob"],"id":"\#(number)""#, ""][number % 3]
                return TestFrame.text(#"{"type":"m","n":\#(number)\#(target)}"#)
            }
            try await ann.socket.sendRaw(burst)
            for number in start..<start + 50 { #expect(try await bob.next("m").number("n") == number) }
        }
        for number in 0..<600 where number % 3 != 0 { #expect(try await near.next("m").number("n") == number) }
        for number in 0..<600 where number % 3 == 1 {
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
            #expect(try await ann.outcome(of: "\(number)", to: "near") == "received")
        }
    }

    @Test("presence shows across nodes: joined, changed, away, back, left, with rising versions")
    func presence() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        var shown = [try await ann.next("peer-joined", ["peerId": "bob"])]
        try await bob.send(#"{"type":"presence","metadata":{"a":[1]}}"#)
        shown.append(try await ann.next("peer-updated"))
        #expect(shown[1].text.contains(#""metadata":{"a":[1]}"#))
        await bob.drop()
        shown.append(try await ann.next("peer-updated"))
        #expect(shown[2].flag("away") == true)
        #expect(try await bob.connect(port: cluster.nodes[1].port).flag("resumed") == true)
        shown.append(try await ann.next("peer-updated"))
        #expect(shown[3].flag("away") == false)
        try await bob.close()
        shown.append(try await ann.next("peer-left"))
        #expect(shown[4]["reason"] == "left")
        let versions = shown.compactMap { $0.number("v") }
        #expect(versions.count == 5)
        #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ann.presence.isEmpty)
    }

    @Test("a peer of dialect 1 that is replaced from another node shows left replaced, then joined")
    func replaced() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let old = try await cluster.peer("old", at: 0)
        try await ann.next("peer-joined", ["peerId": "old"])
        _ = try await cluster.peer("old", at: 1)
        #expect(try await old.expectClose() == TestClose(code: 4409, reason: "replaced"))
        #expect(try await ann.next("peer-left")["reason"] == "replaced")
        #expect(try await ann.next("peer-joined")["peerId"] == "old")
        #expect(ann.presence.isEmpty)
    }

    @Test("in a room that is all on one node signals cost no Redis command: broadcast, directed, or reliable")
    func localRoom() async throws {
        // No heartbeat falls into the test, and a receipt has time however slow the machine is.
        let cluster = try await Cluster(
            nodes: 2,
            settings: [
                "HEARTBEAT_MS": "100000", "LEASE_MS": "600000", "AMNESTY_GAP_MS": "250000",
                "SPILL_MS": "14000", "SPILL_MAX_MS": "14000", "OUTCOME_MS": "15000",
            ])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 0)
        try await ann.next("peer-joined", ["peerId": "bob"])
        try await ann.send(#"{"type":"m"}"#)
        try await bob.next("m")
        try await bob.send(#"{"type":"m"}"#)
        try await ann.next("m")
        try await cluster.everyNode(sees: 2)
        let before = try calls(cluster)
        for number in 0..<300 {
            let target = ["", #","to":"bob""#, #","to":"bob","id":"\#(number)""#][number % 3]
            try await ann.send(#"{"type":"s","n":\#(number)\#(target)}"#)
        }
        for number in 0..<300 { #expect(try await bob.next("s").number("n") == number) }
        for number in 0..<300 where number % 3 == 2 {
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(before.contains { $0.hasPrefix("evalsha") })
        #expect(try calls(cluster) == before)
        #expect(ann.waiting("ack").isEmpty)
    }

    /// Scripts and publications since the start of Redis.
    private func calls(_ cluster: Cluster) throws -> [String] {
        let lines = try cluster.redis.command(["INFO", "commandstats"]).split(whereSeparator: \.isNewline)
        return try ["evalsha", "publish"].compactMap { name in
            guard let line = lines.first(where: { $0.hasPrefix("cmdstat_\(name):calls=") }) else { return nil }
            return "\(name) \(try #require(line.split(whereSeparator: { "=,".contains($0) }).dropFirst().first))"
        }
    }
}
