import Foundation
import SignalTestKit
import Testing

/// What the console of an operator asks of a cluster of real nodes.
@Suite("Consoles over three nodes", .serialized)
struct ConsoleClusterTests {
    private func listen(_ node: NodeProcess) async throws -> TestEvents {
        try await TestEvents.open(
            "/admin/events", port: node.port, headers: [("Authorization", "Bearer \(Operator.token)")])
    }

    /// Reads on until an event fits.
    private func event(
        _ name: String, of events: TestEvents, where fits: (TestMessage) -> Bool
    ) async throws -> TestMessage {
        let deadline = ContinuousClock.now + .seconds(45)
        while ContinuousClock.now < deadline {
            let event = try await events.next(timeout: deadline - .now)
            if event.name == name, fits(event.data) { return event.data }
        }
        throw Cluster.Never(description: "never: \(name)")
    }

    @Test("the stream of one node tells what happens on the others, what they count, and that one died")
    func stream() async throws {
        let cluster = try await Cluster(
            nodes: 3, settings: Operator.settings.merging(["CONSOLE_REPORT_MS": "200"]) { $1 })
        let events = try await listen(cluster.nodes[0])
        for name in ["node1", "node2", "node3"] {
            let counters = try await event("counters", of: events) { $0["node"] == name }
            #expect(counters["redis"] == "up")
            #expect(counters.number("received") != nil)
        }
        let ann = try await cluster.peer("ann", at: 2)
        try await ann.send(#"{"type":"ping"}"#)
        _ = try await ann.next(type: "pong")
        let joined = try await event("joined", of: events) { $0["peerId"] == "ann" }
        #expect(joined["node"] == "node3")
        _ = try await event("counters", of: events) { counters in
            counters["node"] == "node3" && counters.number("sockets") == 1 && counters.number("received") == 1
                && counters.number("joins") == 1
        }
        cluster.nodes[2].kill()
        _ = try await event("node", of: events) { $0["node"] == "node3" && $0["state"] == "lost" }
        await events.close()
    }

    @Test("a sweep is told with the instance whose members went, whichever node swept")
    func sweep() async throws {
        let cluster = try await Cluster(
            nodes: 3, settings: Operator.settings.merging(["CONSOLE_REPORT_MS": "200"]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        let events = try await listen(cluster.nodes[0])
        for name in ["node2", "node3"] { _ = try await event("counters", of: events) { $0["node"] == name } }
        let ann = try await cluster.peer("ann", at: 2)
        _ = try await event("joined", of: events) { $0["peerId"] == "ann" }
        let nodes = try await admin.get("/admin/nodes").object["nodes"] as? [[String: Any]] ?? []
        let instance = nodes.first { $0["name"] as? String == "node3" }?["instance"] as? String
        #expect(instance?.count == 16)
        cluster.nodes[2].kill()
        let swept = try await event("swept", of: events) { _ in true }
        #expect(swept["instance"] == instance)
        #expect(swept.number("members") == 1)
        #expect(swept["room"] == "r")
        withExtendedLifetime(ann) {}
    }

    /// The events of a pair, as one list with the node that saw each.
    private func pair(_ a: String, _ b: String, at port: Int) async throws -> [(node: String, event: TestMessage)] {
        let answer = try await Operator(port: port).get("/admin/rooms/global/r/pairs?a=\(a)&b=\(b)")
        #expect(answer.status == 200, "\(answer.body)")
        return TestMessage(text: answer.body).objects("nodes").flatMap { node in
            node.objects("events").map { (node["name"] ?? "", $0) }
        }
    }

    @Test("the timeline of a pair tells from any node how an offer was sent, delivered and confirmed")
    func pairDelivered() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await ann.send(#"{"type":"offer","to":"bob","id":"o","sdp":"canary-of-the-payload"}"#)
        #expect(try await ann.outcome(of: "o", to: "bob") == "received")
        for number in 0..<6 {
            try await bob.send(#"{"type":"candidate","to":"ann","id":"c\#(number)","candidate":"\#(number)"}"#)
            #expect(try await bob.outcome(of: "c\(number)", to: "ann") == "received")
        }
        try await bob.send(#"{"type":"telemetry","iceState":"failed","failureReason":"timeout","peerId":"ann"}"#)
        for node in cluster.nodes {
            try await cluster.eventually("\(node.name) tells the whole story", within: .seconds(30)) {
                let seen = try await pair("ann", "bob", at: node.port)
                func has(_ node: String, _ what: String, _ members: [String: String]) -> Bool {
                    seen.contains { entry in
                        entry.node == node && entry.event["what"] == what
                            && members.allSatisfy { entry.event[$0.key] == $0.value }
                    }
                }
                return has("node1", "joined", ["from": "ann"]) && has("node2", "joined", ["from": "bob"])
                    && has("node1", "sent", ["from": "ann", "to": "bob", "kind": "offer"])
                    && has("node2", "delivered", ["from": "ann", "to": "bob", "kind": "offer"])
                    && has("node1", "received", ["from": "ann", "to": "bob", "kind": "offer"])
                    && has("node2", "sent", ["from": "bob", "to": "ann", "kind": "candidate", "count": "6"])
                    && has("node2", "ice", ["from": "bob", "to": "ann", "state": "failed", "reason": "timeout"])
            }
        }
        let body = try await Operator(port: cluster.nodes[2].port).get("/admin/rooms/global/r/pairs?a=ann&b=bob").body
        #expect(!body.contains("canary"))
    }

    @Test("it tells why an offer was not delivered, also when its receiver lost its socket or never came")
    func pairUndelivered() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: Operator.settings.merging(["LEAVE_WINDOW_MS": "1500"]) { $1 })
        let ann = try await cluster.reliablePeer("ann", at: 0)
        try await ann.send(#"{"type":"offer","to":"eve","id":"e"}"#)
        #expect(try await ann.outcome(of: "e", to: "eve") == "not_found")
        let missing = try await pair("ann", "eve", at: cluster.nodes[1].port)
        #expect(missing.contains { $0.event["what"] == "nack" && $0.event["reason"] == "not_found" })
        let bob = try await cluster.reliablePeer("bob", at: 1)
        await bob.drop()
        _ = try await ann.next("peer-updated", ["peerId": "bob"], timeout: .seconds(30))
        try await ann.send(#"{"type":"offer","to":"bob","id":"o"}"#)
        _ = try await ann.outcome(of: "o", to: "bob", timeout: .seconds(30))
        for step in ["lost bob", "sent ann", "stored ann", "undeliverable ann", "left bob"] {
            // The nodes hear of the departure each in its own time.
            try await cluster.eventually(step, within: .seconds(30)) {
                let told = try await pair("ann", "bob", at: cluster.nodes[1].port)
                return told.contains { "\($0.event["what"] ?? "") \($0.event["from"] ?? "")" == step }
            }
        }
        let told = try await pair("ann", "bob", at: cluster.nodes[1].port)
        #expect(told.first { $0.event["what"] == "undeliverable" }?.event["kind"] == "offer")
    }

    @Test("a broadcast offer of dialect 1 is told with how many peers each node handed it to")
    func pairBroadcast() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        let eve = try await cluster.peer("eve", at: 1)
        try await cluster.everyNode(sees: 3)
        try await ann.send(#"{"type":"offer","sdp":"x"}"#)
        _ = try await bob.next(type: "offer", timeout: .seconds(30))
        _ = try await eve.next(type: "offer", timeout: .seconds(30))
        try await cluster.eventually("both nodes tell their part", within: .seconds(30)) {
            let seen = try await pair("ann", "bob", at: cluster.nodes[0].port).filter { $0.event["kind"] == "offer" }
            let handed = seen.filter { $0.event["what"] == "delivered" && $0.node == "node2" }
            return seen.contains { $0.event["what"] == "sent" && $0.node == "node1" && $0.event["to"] == nil }
                && handed.map { $0.event.number("count") ?? 1 }.reduce(0, +) == 2
        }
    }

    @Test("a node keeps as many events as it may, and none when it may keep none")
    func bounds() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings.merging(["TIMELINE_EVENTS": "3"]) { $1 })
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 0)
        for number in 0..<10 {
            try await ann.send(#"{"type":"offer","to":"bob","id":"\#(number)"}"#)
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(try await pair("ann", "bob", at: cluster.nodes[0].port).count == 3)
        let silent = try await Cluster(nodes: 1, settings: Operator.settings.merging(["TIMELINE_ROOMS": "0"]) { $1 })
        let eve = try await silent.reliablePeer("eve", at: 0)
        let answer = try await Operator(port: silent.nodes[0].port).get("/admin/rooms/global/r/pairs?a=eve&b=bob")
        let node = try #require(TestMessage(text: answer.body).objects("nodes").first)
        #expect(node.flag("recorded") == false)
        #expect(node.objects("events").isEmpty)
        withExtendedLifetime((bob, eve)) {}
    }

    @Test("a node that does not answer in time is named, and the others answer for themselves")
    func silentNode() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: Operator.settings.merging(["CONSOLE_ANSWER_MS": "300", "LEASE_MS": "60000"]) { $1 })
        let ann = try await cluster.reliablePeer("ann", at: 0)
        cluster.nodes[1].suspend()
        defer { cluster.nodes[1].resume() }
        let answer = try await Operator(port: cluster.nodes[0].port).get("/admin/rooms/global/r/pairs?a=ann&b=bob")
        let nodes = TestMessage(text: answer.body).objects("nodes")
        #expect(nodes.map { $0["name"] } == ["node1", "node2"])
        #expect(nodes.map { $0.flag("answered") } == [true, false])
        #expect(nodes.first?.objects("events").first?["what"] == "joined")
        withExtendedLifetime(ann) {}
    }

    @Test("any node drains any other one by its name, and takes it back")
    func drain() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let drained = try await admin.post("/admin/nodes/node2/drain")
        #expect(drained.status == 202)
        #expect(drained.object["state"] as? String == "draining")
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[1].port).status == 503)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 200)
        #expect(try await admin.post("/admin/nodes/node2/undrain").object["state"] as? String == "up")
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[1].port).status == 200)
        #expect(try await admin.post("/admin/nodes/node1/drain").status == 202)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 503)
        #expect(try await admin.post("/admin/nodes/nobody/drain").code == "not_found")
    }

    @Test("all of it is for operators, and the timeline for moderators of the room as well")
    func access() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let port = cluster.nodes[0].port
        let admin = Operator(port: port)
        let user = Operator(port: port, token: try admin.roomToken())
        let moderator = Operator(port: port, token: try admin.roomToken(#"["join","read","moderate"]"#))
        let story = "/admin/rooms/global/r/pairs?a=ann&b=bob"
        #expect(try await TestHTTP.get(story, port: port).status == 401)
        #expect(try await user.get(story).status == 403)
        #expect(try await moderator.get(story).status == 200)
        #expect(try await moderator.get("/admin/rooms/global/other/pairs?a=ann&b=bob").status == 403)
        #expect(try await TestHTTP.get(story + "&token=\(Operator.token)", port: port).status == 401)
        for verb in ["drain", "undrain"] {
            let path = "/admin/nodes/node1/\(verb)"
            #expect(try await TestHTTP.post(path, json: "{}", port: port).status == 401)
            #expect(try await user.post(path).status == 403)
            #expect(try await moderator.post(path).status == 403)
        }
        #expect(try await TestHTTP.get("/readyz", port: port).status == 200)
        for query in ["", "?a=ann", "?a=ann&b=", "?a=a%20b&b=bob", "?a=ann&b=\(String(repeating: "x", count: 129))"] {
            let answer = try await admin.get("/admin/rooms/global/r/pairs" + query)
            #expect(answer.code == "invalid_peer_id", "\(query)")
        }
    }
}
