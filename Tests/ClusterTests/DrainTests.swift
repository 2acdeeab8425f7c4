import SignalTestKit
import Synchronization
import Testing

/// What a real process does between SIGTERM and its exit.
@Suite("Draining", .serialized)
struct DrainTests {
    @Test("undrain in the time of the balancers calls the stop off: the node serves on, and stops when told again")
    func reversible() async throws {
        let cluster = try await Cluster(
            nodes: 1,
            settings: Operator.settings.merging(["DRAIN_SECONDS": "3", "DRAIN_BALANCER_SECONDS": "2"]) { $1 })
        let (node, admin) = (cluster.nodes[0], Operator(port: cluster.nodes[0].port))
        let ann = try await cluster.peer("ann", at: 0)
        node.terminate()
        try await cluster.eventually("it drains") { try await TestHTTP.get("/lb-ready", port: node.port).status == 404 }
        #expect(try await admin.post("/admin/undrain").status == 202)
        #expect(try await TestHTTP.get("/readyz", port: node.port).status == 200)
        let bob = try await cluster.peer("bob", at: 0)
        try await cluster.eventually("the stop is called off", within: .seconds(10)) {
            node.log.contains("signal-node.stop-called-off")
        }
        try await ann.send(#"{"type":"still","n":"1"}"#)
        #expect(try await bob.next(type: "still")["n"] == "1")

        node.terminate()
        #expect(try await ann.expectClose(timeout: .seconds(15)).code == 1012)
        #expect(node.process.wait(seconds: 15))
        #expect(node.process.exitCode == 0)
    }

    @Test("undrain is refused once sockets close")
    func tooLate() async throws {
        let cluster = try await Cluster(
            nodes: 1,
            settings: Operator.settings.merging(["DRAIN_SECONDS": "9", "DRAIN_BALANCER_SECONDS": "0"]) { $1 })
        let (node, admin) = (cluster.nodes[0], Operator(port: cluster.nodes[0].port))
        let peers = [try await cluster.reliablePeer("ann", at: 0), try await cluster.reliablePeer("bob", at: 0)]
        node.terminate()
        try await peers[0].next("go-away", timeout: .seconds(10))
        let answer = try await admin.post("/admin/undrain")
        #expect(answer.status == 409 && answer.code == "stopping")
        #expect(try await TestHTTP.get("/readyz", port: node.port).status == 503)
        for peer in peers { #expect(try await peer.expectClose(timeout: .seconds(20)).code == 1012) }
        #expect(node.process.wait(seconds: 20))
        #expect(node.process.exitCode == 0)
    }

    @Test("go-away comes to one client after the other, each with the time that its own socket has left")
    func paced() async throws {
        let cluster = try await Cluster(
            nodes: 1,
            settings: ["DRAIN_SECONDS": "6", "DRAIN_BALANCER_SECONDS": "0", "DRAIN_NOTICE_MS": "500"])
        let notices = Mutex<[ContinuousClock.Instant]>([])
        var peers: [TestPeer] = []
        for number in 0..<12 {
            let hears: @Sendable (TestMessage, TestConnection) -> Void = { message, _ in
                if message.type == "go-away" { notices.withLock { $0.append(.now) } }
            }
            let peer = ReliablePeer("p\(number)")
            let socket = try await TestPeer.connect(
                port: cluster.nodes[0].port, room: "r", peerID: peer.name, headers: [ReliablePeer.subprotocol],
                manners: .init(hears: hears))
            try await socket.send(peer.hello())
            _ = try await socket.next(type: "welcome")
            peers.append(socket)
        }
        cluster.nodes[0].terminate()
        for peer in peers {
            #expect(try await peer.next(type: "go-away", timeout: .seconds(20)).number("deadlineMs") == 500)
            #expect(try await peer.expectClose(timeout: .seconds(20)).code == 1012)
        }
        let heard = notices.withLock { $0.sorted() }
        #expect(heard.count == 12)
        // 5.5 s for six on each of two loops, or for twelve on one: the last ones hear of it seconds after the first.
        let spread = try #require(heard.first).duration(to: try #require(heard.last))
        #expect(spread > .seconds(2), "\(spread)")
    }
}
