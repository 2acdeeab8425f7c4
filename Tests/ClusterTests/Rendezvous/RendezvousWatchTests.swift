import Foundation
import SignalTestKit
import Testing

@Suite("Watching who can be found", .serialized)
struct RendezvousWatchTests {
    static let settings = ["RENDEZVOUS_WATCH_POLL_MS": "50", "RENDEZVOUS_WATCH_HEARTBEAT_MS": "300"]

    private func register(_ peer: String, at node: NodeProcess, _ more: String = "") async throws {
        let answer = try await TestHTTP.post(
            "/rendezvous/register", json: #"{"room":"r","peerId":"\#(peer)"\#(more)}"#, port: node.port)
        #expect(answer.status == 200, "\(answer.body)")
    }

    private func unregister(_ peer: String, at node: NodeProcess) async throws {
        let answer = try await TestHTTP.post(
            "/rendezvous/unregister", json: #"{"room":"r","peerId":"\#(peer)"}"#, port: node.port)
        #expect(answer.status == 204)
    }

    private func watch(
        _ node: NodeProcess, after cookie: String? = nil, room: String = "r"
    ) async throws -> TestEvents {
        try await TestEvents.open(
            "/rendezvous/watch?room=\(room)", port: node.port, headers: cookie.map { [("Last-Event-ID", $0)] } ?? [])
    }

    private func expect(_ events: TestEvents, _ name: String, _ peer: String) async throws -> String {
        let event = try await events.next()
        #expect(event.name == name && event.data["peerId"] == peer, "\(event)")
        #expect(event.data["room"] == "r" && event.data["namespace"] == "global")
        return event.id
    }

    @Test("records and connected peers are told as they come and go on any node, and the list begins with who is there")
    func acrossNodes() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Self.settings)
        let (one, two) = (cluster.nodes[0], cluster.nodes[1])
        try await register("ann", at: one)
        let events = try await watch(two)
        #expect(events.head.header("content-type") == "text/event-stream; charset=utf-8")
        _ = try await expect(events, "registered", "ann")
        try await register("bob", at: one, #","addresses":["/dns/b"],"metadata":{"k":"\n"}"#)
        let event = try await events.next()
        #expect(event.name == "registered" && event.data.text.contains(#""addresses":["/dns/b"]"#))
        let socket = try await cluster.peer("web", at: 0)
        _ = try await expect(events, "registered", "web")
        try await unregister("ann", at: one)
        _ = try await expect(events, "removed", "ann")
        try await socket.close()
        _ = try await expect(events, "removed", "web")
        // Refreshed with the same content: nothing to tell, so the next event is another one.
        try await register("bob", at: two, #","addresses":["/dns/b"],"metadata":{"k":"\n"}"#)
        try await register("cid", at: two)
        _ = try await expect(events, "registered", "cid")
    }

    @Test("a watch goes on at another node where it ended, with what went in between too")
    func resumes() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Self.settings)
        try await register("ann", at: cluster.nodes[0])
        try await register("bob", at: cluster.nodes[0])
        let first = try await watch(cluster.nodes[0])
        _ = try await expect(first, "registered", "ann")
        let last = try await expect(first, "registered", "bob")
        // The node dies, and with it the connection; what was registered through it does not.
        cluster.nodes[0].kill()
        #expect(try await first.ends())
        try await unregister("ann", at: cluster.nodes[1])
        try await register("cid", at: cluster.nodes[1])
        let second = try await watch(cluster.nodes[2], after: last)
        let told = [try await second.next(), try await second.next()]
        #expect(Set(told.map { "\($0.name) \($0.data["peerId"] ?? "")" }) == ["removed ann", "registered cid"])
        let found = try await TestHTTP.get("/rendezvous/discover?room=r", port: cluster.nodes[1].port)
        #expect(found.body.contains(#""peerId":"bob""#) && !found.body.contains(#""peerId":"ann""#))
        // The ID of an event is a cookie of a discovery as well.
        let rest = try await TestHTTP.get(
            "/rendezvous/discover?room=r&cookie=\(try #require(told.last?.id))", port: cluster.nodes[1].port)
        #expect(rest.body.contains(#""peers":[]"#))
    }

    @Test("the members of a node that dies are told as removed, those of the others are not")
    func nodeDies() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Self.settings)
        _ = try await cluster.peer("lost", at: 0)
        _ = try await cluster.peer("here", at: 1)
        try await cluster.everyNode(sees: 2)
        let events = try await watch(cluster.nodes[1])
        for _ in 0..<2 { #expect(try await events.next().name == "registered") }
        cluster.nodes[0].kill()
        let event = try await events.next(timeout: .seconds(15))
        #expect(event.name == "removed" && event.data["peerId"] == "lost")
    }

    @Test("a silent watch hears comments; it ends at the drain, and a new one is refused then")
    func beatsAndDrain() async throws {
        let node = try NodeProcess(
            "watch", settings: Self.settings.merging(["DRAIN_SECONDS": "3", "DRAIN_BALANCER_SECONDS": "2"]) { $1 })
        let events = try await watch(node)
        for _ in 0..<3 { try await events.nextBeat() }
        node.terminate()
        // Its connection may be kept for other requests: the last chunk is what ends the events.
        let refused = await #expect(throws: TestPeer.Refused.self) {
            while true {
                _ = try await watch(node)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        #expect(refused?.status == 503)
        #expect(try await events.ends(within: .seconds(10)))
    }

    @Test("watches are counted per address and node, and their places come back")
    func bounds() async throws {
        let node = try NodeProcess(
            "watch",
            settings: Self.settings.merging([
                "RENDEZVOUS_WATCHERS_PER_ADDRESS": "2", "RATE_LIMIT_CONNECTIONS_PER_IP": "0",
            ]) { $1 })
        let first = try await watch(node)
        let second = try await watch(node, room: "other")
        let refused = await #expect(throws: TestPeer.Refused.self) { try await watch(node) }
        #expect(refused?.status == 429 && refused?.header("retry-after") != nil)
        await first.close()
        var third: TestEvents?
        let deadline = ContinuousClock.now + .seconds(30)
        while third == nil, ContinuousClock.now < deadline { third = try? await watch(node) }
        #expect(third != nil)
        await second.close()
        await third?.close()
        let small = try NodeProcess("small", settings: ["RENDEZVOUS_WATCHERS_PER_NODE": "1"])
        let only = try await watch(small)
        let full = await #expect(throws: TestPeer.Refused.self) { try await watch(small) }
        #expect(full?.status == 503)
        await only.close()
    }

    @Test("a forged cookie and one of another room are refused")
    func cookies() async throws {
        let node = try NodeProcess("watch", settings: Self.settings)
        try await register("ann", at: node)
        let events = try await watch(node)
        let id = try await events.next().id
        for (cookie, room) in [(id, "other"), ("A" + id.dropFirst(), "r"), ("x", "r")] where cookie != id || room != "r"
        {
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await watch(node, after: cookie, room: room)
            }
            #expect(refused?.status == 400 && refused?.body.contains("E_INVALID_COOKIE") == true)
        }
    }
}
