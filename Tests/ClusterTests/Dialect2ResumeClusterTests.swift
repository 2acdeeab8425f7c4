import SignalTestKit
import Testing

/// Sessions that move between nodes, as three real processes on a real Redis.
@Suite("Dialect 2 across nodes: resume", .serialized)
struct Dialect2ResumeClusterTests {
    @Test("a resume on another node replays in order before anything live, and shows nothing but away and back")
    func otherNode() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        let cid = try await cluster.reliablePeer("cid", at: 2)
        try await ann.next("peer-joined", ["peerId": "bob"])
        try await ann.next("peer-joined", ["peerId": "cid"])
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...3 { try await bob.next("signal") }
        try await bob.confirm(1)
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        await bob.drop()
        try await cid.next("peer-updated", ["peerId": "bob"])
        try await ann.signal("4", to: "bob")
        let welcome = try await bob.connect(port: cluster.nodes[2].port)
        #expect(welcome.flag("resumed") == true)
        #expect(welcome["node"] == "node3")
        #expect(welcome.objects("members").map { $0["peerId"] } == ["ann", "cid"])
        try await ann.signal("5", to: "bob")
        for (index, id) in (2...5).enumerated() {
            let signal = try await bob.next("signal")
            #expect(signal["id"] == "\(id)")
            #expect(signal.number("seq") == index + 1)
        }
        try await bob.confirm(4)
        for number in 2...5 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
        for peer in [ann, cid] { #expect(!peer.presence.contains { $0.type != "peer-updated" }) }
        let counted = ann.waiting("ack", "nack", "undeliverable")
        #expect(!counted.contains { $0["level"] != "stored" })
    }

    @Test("the new socket first, on another node: the old one closes 4409 stale, and nobody sees anything at all")
    func newSocketFirst() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 0)
        try await ann.next("peer-joined", ["peerId": "bob"])
        let old = try bob.socket
        bob.confirms(false)
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        _ = try await old.first("3") { $0["id"] == "3" }
        bob.confirms(true)
        #expect(try await bob.connect(port: cluster.nodes[1].port).flag("resumed") == true)
        #expect(try await old.expectClose() == TestClose(code: 4409, reason: "stale"))
        try await ann.signal("4", to: "bob")
        for number in 1...4 {
            #expect(try await bob.next("signal")["id"] == "\(number)")
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(ann.presence.isEmpty)
    }

    @Test("kill -9 of the serving node: whoever resumes in time keeps all its signals, and the others see nothing")
    func kill() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        let cid = try await cluster.reliablePeer("cid", at: 2)
        for peer in ["bob", "cid"] { try await ann.next("peer-joined", ["peerId": peer]) }
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for number in 1...3 { try await ann.next("ack", ["id": "\(number)", "level": "stored"]) }
        cluster.nodes[1].kill()
        try await ann.signal("4", to: "bob")
        bob.confirms(true)
        #expect(try await bob.connect(port: cluster.nodes[2].port).flag("resumed") == true)
        for number in 1...4 {
            #expect(try await bob.next("signal")["id"] == "\(number)")
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        // The dead node is swept: nothing of it is left, and nothing was shown.
        try await cluster.eventually("the sweep", within: .seconds(20)) {
            try cluster.redis.command(["ZCARD", "bs:1:{nodes}:live"]) == "2"
                && cluster.redis.command(["ZCARD", "bs:1:{nodes}:dead"]) == "0"
        }
        try await ann.signal("5", to: "bob")
        #expect(try await ann.outcome(of: "5", to: "bob") == "received")
        for peer in [ann, cid] { #expect(peer.presence.isEmpty) }
        #expect(try cluster.redis.command(["HLEN", "bs:1:{global::r}:m"]) == "3")
    }

    @Test("kill -9 of the serving node: who does not come back is shown node-lost once, and its senders hear of it")
    func nodeLost() async throws {
        let cluster = try await Cluster(nodes: 3, settings: ["LEASE_MS": "3000", "HEARTBEAT_MS": "300"])
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        let cid = try await cluster.reliablePeer("cid", at: 2)
        for peer in ["bob", "cid"] { try await ann.next("peer-joined", ["peerId": peer]) }
        try await ann.signal("1", to: "bob")
        try await ann.next("ack", ["id": "1", "level": "stored"])
        cluster.nodes[1].kill()
        for peer in [ann, cid] {
            #expect(try await peer.next("peer-left", ["peerId": "bob"], timeout: .seconds(20))["reason"] == "node-lost")
        }
        #expect(try await ann.next("undeliverable", ["id": "1"])["reason"] == "node-lost")
        #expect(try await bob.connect(port: cluster.nodes[0].port).flag("resumed") == false)
        for peer in [ann, cid] {
            try await peer.next("peer-joined", ["peerId": "bob"])
            #expect(peer.presence.isEmpty)
        }
    }

    @Test("a wrong resume token on another node closes 4401, another sid 4409, an old cn 4409; the session lives on")
    func intruders() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 0)
        try await ann.next("peer-joined", ["peerId": "bob"])
        try await bob.send(#"{"type":"heartbeat"}"#)
        try await bob.next("heartbeat-ack")
        try await ann.signal("0", to: "bob")
        #expect(try await ann.outcome(of: "0", to: "bob") == "received")
        let hellos = [
            (#"{"type":"hello","sid":"\#(bob.session)","cn":99,"resume":{"token":"wrong"}}"#, "unauthorized"),
            (ReliablePeer("bob").hello(), "in_use"),
            (
                #"{"type":"hello","sid":"\#(bob.session)","cn":1,"resume":{"token":"\#(bob.resumeToken ?? "")"}}"#,
                "stale"
            ),
        ]
        for (hello, reason) in hellos {
            let thief = try await TestPeer.connect(
                port: cluster.nodes[1].port, room: "r", peerID: "bob", headers: [ReliablePeer.subprotocol])
            try await thief.send(hello)
            #expect(try await thief.expectClose().reason == reason)
        }
        try await ann.signal("1", to: "bob")
        #expect(try await bob.next("signal", ["id": "1"]).number("seq") == 2)
        #expect(try await ann.outcome(of: "1", to: "bob") == "received")
        #expect(ann.presence.isEmpty)
    }

    @Test("two moves in a row while signals pour in: every one arrives, in order but for repeats")
    func twoMoves() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await ann.next("peer-joined", ["peerId": "bob"])
        var heard: [TestMessage] = []
        for round in 0..<3 {
            for number in 0..<40 { try await ann.signal("\(round * 40 + number)", to: "bob") }
            heard += bob.waiting("signal")
            let old = try bob.socket
            if round < 2 {
                try await bob.connect(port: cluster.nodes[[2, 0][round]].port)
                heard += old.waiting.filter { $0.type == "signal" && !heard.map(\.text).contains($0.text) }
            }
        }
        for number in 0..<120 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
        heard += bob.waiting("signal").filter { !heard.map(\.text).contains($0.text) }
        var surfaced: [Int] = []
        for id in heard.compactMap({ $0["id"].flatMap(Int.init) }) where !surfaced.contains(id) { surfaced.append(id) }
        #expect(surfaced == Array(0..<120))
        #expect(ann.waiting("undeliverable", "nack").isEmpty)
        #expect(ann.presence.isEmpty)
    }

    @Test("a sender that moves with signals unconfirmed and sends them again: one effect each at the client")
    func senderMoves() async throws {
        let cluster = try await Cluster(nodes: 3)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1, confirms: false)
        try await ann.next("peer-joined", ["peerId": "bob"])
        for number in 1...5 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...5 { try await bob.next("signal") }
        #expect(try await ann.connect(port: cluster.nodes[2].port).flag("resumed") == true)
        for number in 1...6 { try await ann.signal("\(number)", to: "bob") }
        #expect(try await bob.next("signal")["id"] == "6")
        try await bob.confirm(6)
        for number in 1...6 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
        #expect(bob.waiting("signal").isEmpty)
        #expect(!ann.waiting("ack", "nack", "undeliverable").contains { $0["level"] != "stored" })
    }
}
