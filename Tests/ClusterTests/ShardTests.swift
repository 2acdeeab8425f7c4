import SignalDomain
import SignalTestKit
import Testing

/// Two independent Redis behind real nodes.
@Suite("Several shards as one service", .serialized)
struct ShardTests {
    private struct Rig {
        let shards: [RedisServer]
        let nodes: [NodeProcess]

        init() throws {
            let shards = [try RedisServer(), try RedisServer()]
            self.shards = shards
            nodes = try (1...2).map {
                try NodeProcess("node\($0)", settings: Self.settings(["a", "b"], shards))
            }
        }

        static func settings(_ names: [String], _ shards: [RedisServer]) -> [String: String] {
            ["REDIS_URLS": zip(names, shards).map { "\($0)=\($1.url)" }.joined(separator: ";")]
        }
    }

    /// A room on the shard `a`, and one on `b`.
    private static func rooms() throws -> [String] {
        let map = try #require(ShardMap(names: ["a", "b"]))
        return try (0...1).map { shard in
            try #require(
                (0..<100).map { "room\($0)" }.first { name in
                    (try? RoomKey(namespace: nil, room: name)).map { map.shard(of: $0) } == shard
                })
        }
    }

    /// Two peers of a room, one on each node.
    private func pair(_ room: String, _ rig: Rig) async throws -> [ReliablePeer] {
        let peers = [ReliablePeer("ann", room: room), ReliablePeer("bob", room: room)]
        for (peer, node) in zip(peers, rig.nodes) {
            try await eventually("\(node.name) is ready") {
                try await TestHTTP.get("/readyz", port: node.port).status == 200
            }
            try await peer.connect(port: node.port)
        }
        return peers
    }

    @Test("a shard that is away degrades only its own rooms, and comes back empty without a leave")
    func partial() async throws {
        let rig = try Rig()
        var rooms: [[ReliablePeer]] = []
        for room in try Self.rooms() { rooms.append(try await pair(room, rig)) }
        for pair in rooms {
            try await pair[0].signal("1", to: "bob")
            #expect(try await pair[0].outcome(of: "1", to: "bob") == "received")
        }
        rig.shards[1].kill()
        try await eventually("the health tells of it") {
            try await TestHTTP.get("/health", port: rig.nodes[0].port).body.contains(
                #""redis":"partial","degraded":true"#)
        }
        #expect(try await TestHTTP.get("/readyz", port: rig.nodes[0].port).status == 200)
        try await rooms[0][0].signal("2", to: "bob")
        #expect(try await rooms[0][0].outcome(of: "2", to: "bob") == "received")
        try await rooms[1][0].signal("2", to: "bob")
        #expect(try await rooms[1][0].outcome(of: "2", to: "bob") == "degraded")
        try rig.shards[1].restart()
        var attempt = 3
        try await eventually("the second shard works again", within: .seconds(20)) {
            attempt += 1
            try await rooms[1][0].signal("\(attempt)", to: "bob")
            return try await rooms[1][0].outcome(of: "\(attempt)", to: "bob") == "received"
        }
        for peer in rooms.joined() { #expect(peer.waiting("peer-left").isEmpty) }
    }

    @Test("a node that starts while a shard is away serves the rooms of the others, and says that it is degraded")
    func startsPartial() async throws {
        let shards = [try RedisServer(), try RedisServer()]
        shards[1].kill()
        let node = try NodeProcess("node1", settings: Rig.settings(["a", "b"], shards))
        try await eventually("it is ready") { try await TestHTTP.get("/readyz", port: node.port).status == 200 }
        #expect(
            try await TestHTTP.get("/health", port: node.port).body.contains(#""redis":"partial","degraded":true"#))
        try shards[1].restart()
        try await eventually("it is whole", within: .seconds(20)) {
            try await TestHTTP.get("/health", port: node.port).body.contains(#""redis":"up","degraded":false"#)
        }
    }

    @Test("a node that lists other shards stays out, and founds no shard that came back empty")
    func mismatch() async throws {
        let rig = try Rig()
        _ = try await pair(try Self.rooms()[0], rig)
        let stranger = try NodeProcess("stranger", settings: Rig.settings(["a", "c"], rig.shards))
        try await eventually("the stranger says why") { stranger.log.contains("shards.mismatch") }
        rig.shards[1].kill()
        try rig.shards[1].restart()
        for node in rig.nodes {
            try await eventually("\(node.name) has both shards", within: .seconds(20)) {
                try await TestHTTP.get("/health", port: node.port).body.contains(#""redis":"up","degraded":false"#)
            }
        }
        #expect(try await TestHTTP.get("/readyz", port: stranger.port).status == 503)
        for node in rig.nodes { node.kill() }
        try await eventually("without the others it serves", within: .seconds(20)) {
            try await TestHTTP.get("/readyz", port: stranger.port).status == 200
        }
    }

    private func eventually(
        _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Cluster.Never(description: "never: \(what)")
    }
}
