import Foundation
import SignalTestKit
import Testing

/// What an operator or a moderator decides holds on every node within a second (security.md row 19).
@Suite("Moderation over three nodes", .serialized)
struct ModerationClusterTests {
    /// The promise: on every node within this time.
    static let soon = Duration.seconds(1)

    @Test("a kick closes the socket on whatever node it is, and the room sees why")
    func kick() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let watcher = try await cluster.reliablePeer("watcher", at: 1)
        let bob = try await cluster.reliablePeer("bob", at: 2)
        let old = try await cluster.peer("old", at: 2)
        _ = try await watcher.next("peer-joined", ["peerId": "bob"])
        let admin = Operator(port: cluster.nodes[0].port)
        let answer = try await admin.verb("kick", #"{"peerId":"bob","reason":"spam"}"#)
        #expect(answer.status == 202)
        #expect(answer.object["applied"] as? Int == 1)
        let close = try await bob.expectClose(timeout: Self.soon)
        #expect(close.code == 4403)
        #expect(close.reason == "kicked")
        let left = try await watcher.next("peer-left", ["peerId": "bob"], timeout: Self.soon)
        #expect(left["reason"] == "kicked", "at once, without a window to come back")
        let kicked = try await admin.delete("/admin/rooms/global/r/peers/old")
        #expect(kicked.status == 202)
        #expect(try await old.expectClose(timeout: Self.soon).code == 4403)
        let nobody = try await admin.verb("kick", #"{"peerId":"nobody"}"#)
        #expect(nobody.object["applied"] as? Int == 0)
    }

    @Test("a kick also ends a session that has lost its socket")
    func kickDetached() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let watcher = try await cluster.reliablePeer("watcher", at: 1)
        let bob = try await cluster.reliablePeer("bob", at: 2)
        _ = try await watcher.next("peer-joined", ["peerId": "bob"])
        await bob.drop()
        _ = try await watcher.next("peer-updated", ["peerId": "bob"])
        _ = try await Operator(port: cluster.nodes[0].port).verb("kick", #"{"peerId":"bob"}"#)
        #expect(try await watcher.next("peer-left", ["peerId": "bob"], timeout: Self.soon)["reason"] == "kicked")
    }

    @Test("a muted peer reads on and is not heard, in either dialect, until it is unmuted")
    func mute() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let listener = try await cluster.reliablePeer("listener", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        let old = try await cluster.peer("old", at: 2)
        _ = try await listener.next("peer-joined", ["peerId": "bob"])
        _ = try await listener.next("peer-joined", ["peerId": "old"])
        let admin = Operator(port: cluster.nodes[0].port)
        for name in ["bob", "old"] { #expect(try await admin.verb("mute", #"{"peerId":"\#(name)"}"#).status == 202) }
        try await cluster.eventually("bob is muted", within: Self.soon) {
            try await bob.send(#"{"type":"try","n":"1"}"#)
            return try await bob.next("error", timeout: .milliseconds(200))["code"] == "forbidden"
        }
        try await cluster.eventually("old is muted", within: Self.soon) {
            try await old.send(#"{"type":"try","n":"2"}"#)
            return try await old.next(type: "error", timeout: .milliseconds(200))["code"] == "forbidden"
        }
        try await listener.send(#"{"type":"news"}"#)
        _ = try await bob.next("news")
        _ = try await old.next(type: "news")
        // A mute is of the peer ID, not of the socket.
        try await bob.connect(port: cluster.nodes[2].port)
        try await bob.send(#"{"type":"again"}"#)
        #expect(try await bob.next("error")["code"] == "forbidden")
        _ = try await admin.verb("unmute", #"{"peerId":"bob"}"#)
        try await cluster.eventually("bob is heard", within: Self.soon) {
            try await bob.send(#"{"type":"freed"}"#)
            return try await listener.next("freed", timeout: .milliseconds(200))["sourcePeerId"] == "bob"
        }
        #expect(listener.waiting("again").isEmpty)
    }

    @Test("a ban closes the socket and keeps the peer out on every node, until it is lifted")
    func ban() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let bob = try await cluster.peer("bob", at: 2)
        let admin = Operator(port: cluster.nodes[0].port)
        #expect(try await admin.verb("ban", #"{"peerId":"bob","reason":"spam"}"#).status == 202)
        #expect(try await bob.expectClose(timeout: Self.soon).reason == "banned")
        for node in cluster.nodes {
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
            }
            #expect(refused?.answer.status == 403)
            #expect(refused?.answer.code == "banned")
            try await TestPeer.connect(port: node.port, room: "other", peerID: "bob").close()
        }
        let late = ReliablePeer("bob")
        try await late.open(port: cluster.nodes[1].port)
        try await late.send(late.hello())
        #expect(try await late.expectClose().code == 4403)
        _ = try await admin.verb("unban", #"{"peerId":"bob"}"#)
        try await cluster.eventually("bob comes in again", within: Self.soon) {
            try await TestPeer.connect(port: cluster.nodes[2].port, room: "r", peerID: "bob").close()
            return true
        }
    }

    @Test("a ban of a subject or an address also ends sessions that have lost their socket")
    func banDetached() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        func members() async throws -> [String] {
            let page = try await admin.get("/admin/rooms/global/r").object
            return (page["members"] as? [[String: Any]] ?? []).compactMap { $0["peerId"] as? String }.sorted()
        }
        let sue = ReliablePeer("sue")
        try await sue.open(
            port: cluster.nodes[1].port, query: [("token", TestKeys.token("user-7", namespace: "global"))])
        try await sue.send(sue.hello())
        try await sue.welcomed()
        let ann = try await cluster.reliablePeer("ann", at: 2)
        for peer in [sue, ann] { await peer.drop() }
        try await cluster.eventually("both are away") {
            try await admin.get("/admin/rooms/global/r").body.components(separatedBy: #""away":true"#).count == 3
        }
        #expect(try await members() == ["ann", "sue"])
        #expect(try await admin.verb("ban", #"{"subject":"user-7"}"#).status == 202)
        try await cluster.eventually("sue is gone", within: Self.soon) { try await members() == ["ann"] }
        #expect(try await admin.verb("ban", #"{"address":"127.0.0.1"}"#).status == 202)
        try await cluster.eventually("ann is gone", within: Self.soon) { try await members().isEmpty }
    }

    @Test("an address can be banned, and its text is nowhere in Redis")
    func banAddress() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let bob = try await cluster.peer("bob", at: 2)
        let admin = Operator(port: cluster.nodes[0].port)
        _ = try await admin.verb("ban", #"{"address":"127.0.0.1"}"#)
        #expect(try await bob.expectClose(timeout: Self.soon).reason == "banned")
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await TestPeer.connect(port: cluster.nodes[1].port, room: "r", peerID: "somebody")
        }
        #expect(refused?.answer.code == "banned")
        #expect(try !cluster.redis.command(["HGETALL", "bs:1:{bans}"]).contains("127.0.0.1"))
    }

    @Test("a ban with an end runs out by itself")
    func banRunsOut() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let until = Int(Date().timeIntervalSince1970 * 1_000) + 1_500
        _ = try await admin.verb("ban", #"{"peerId":"bob","untilMs":\#(until)}"#)
        await #expect(throws: TestPeer.Refused.self) {
            try await TestPeer.connect(port: cluster.nodes[0].port, room: "r", peerID: "bob")
        }
        try await cluster.eventually("the ban is over") {
            try await TestPeer.connect(port: cluster.nodes[0].port, room: "r", peerID: "bob").close()
            return true
        }
        #expect(try await admin.verb("ban", #"{"peerId":"bob","untilMs":1}"#).code == "invalid_time")
    }

    @Test("a closed room loses everybody and takes nobody, on every node, until it is opened")
    func close() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        var peers: [TestPeer] = []
        for index in 0..<3 { peers.append(try await cluster.peer("p\(index)", at: index)) }
        let admin = Operator(port: cluster.nodes[1].port)
        #expect(try await admin.verb("close", "{}").status == 202)
        for peer in peers { #expect(try await peer.expectClose(timeout: Self.soon).code == 4404) }
        for node in cluster.nodes {
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: node.port, room: "r", peerID: "late")
            }
            #expect(refused?.answer.code == "room_closed")
        }
        #expect(try await admin.verb("open", "{}").status == 202)
        for node in cluster.nodes {
            try await cluster.eventually("the room is open", within: Self.soon) {
                try await TestPeer.connect(port: node.port, room: "r", peerID: "late\(node.port)").close()
                return true
            }
        }
    }

    @Test("a revoked subject is closed with 4401 everywhere, and its token opens nothing any more")
    func revocation() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let token = try admin.roomToken()
        let other = try admin.roomToken()
        func connect(_ name: String, _ token: String, at index: Int) async throws -> TestPeer {
            try await TestPeer.connect(
                port: cluster.nodes[index].port, room: "r", peerID: name, query: [("token", token)])
        }
        let bob = try await connect("bob", token, at: 2)
        let ann = try await connect("ann", other, at: 2)
        let claims = String(token.split(separator: ".")[1]).replacing("-", with: "+").replacing("_", with: "/")
        let padded = claims + String(repeating: "=", count: (4 - claims.count % 4) % 4)
        let payload = try #require(Data(base64Encoded: padded))
        let subject = (try JSONSerialization.jsonObject(with: payload) as? [String: Any])?["sub"] as? String
        let name = try #require(subject)
        let revoked = try await admin.post("/admin/revocations", #"{"subject":"\#(name)"}"#)
        #expect(revoked.status == 202)
        let close = try await bob.expectClose(timeout: Self.soon)
        #expect(close.code == 4401)
        #expect(close.reason == "token_revoked")
        for index in 0..<3 {
            let refused = await #expect(throws: TestPeer.Refused.self) { try await connect("bob", token, at: index) }
            #expect(refused?.answer.status == 401)
        }
        try await ann.send(#"{"type":"ping"}"#)
        _ = try await ann.next(type: "pong")
    }

    @Test("a ban survives the restart of every node, and the loss of all data in Redis")
    func survival() async throws {
        let redis = try RedisServer()
        let settings = Operator.settings.merging(["REDIS_URL": redis.url]) { $1 }
        func start() async throws -> [NodeProcess] {
            let nodes = try (0..<3).map { try NodeProcess("node\($0)", settings: settings) }
            for node in nodes {
                try await eventually("\(node.name) is ready") {
                    try await TestHTTP.get("/readyz", port: node.port).status == 200
                }
            }
            return nodes
        }
        func everybodyRefuses(_ nodes: [NodeProcess]) async throws {
            for node in nodes {
                try await eventually("\(node.name) refuses bob") {
                    do {
                        try await TestPeer.connect(port: node.port, room: "r", peerID: "bob").close()
                        return false
                    } catch let refused as TestPeer.Refused {
                        return refused.answer.code == "banned"
                    }
                }
            }
        }
        var nodes = try await start()
        _ = try await Operator(port: nodes[0].port).verb("ban", #"{"peerId":"bob"}"#)
        try await everybodyRefuses(nodes)
        for node in nodes { node.kill() }
        nodes = try await start()
        try await everybodyRefuses(nodes)
        _ = try redis.command(["FLUSHALL"])
        try await eventually("Redis hears of the ban again") {
            try redis.command(["HGETALL", "bs:1:{bans}"]).contains("peer:bob")
        }
        try await everybodyRefuses(nodes)
        for node in nodes { node.kill() }
        nodes = try await start()
        try await everybodyRefuses(nodes)
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Cluster.Never(description: "never: \(what)")
    }
}
