import Foundation
import SignalTestKit

/// A Redis and some nodes, as processes, for one test.
struct Cluster {
    let redis: RedisServer
    let nodes: [NodeProcess]

    init(nodes count: Int, settings: [String: String] = [:]) async throws {
        let redis = try RedisServer()
        var settings = settings
        settings["REDIS_URL"] = redis.url
        nodes = try (0..<count).map { try NodeProcess("node\($0 + 1)", settings: settings) }
        self.redis = redis
        for node in nodes {
            try await eventually("\(node.name) is ready") {
                try await TestHTTP.get("/readyz", port: node.port).status == 200
            }
        }
    }

    func peer(_ name: String, at index: Int) async throws -> TestPeer {
        let peer = try await TestPeer.connect(port: nodes[index].port, room: "r", peerID: name)
        _ = try await peer.next(type: "welcome")
        return peer
    }

    /// A peer of dialect 2 with its place.
    func reliablePeer(_ name: String, at index: Int, confirms: Bool = true) async throws -> ReliablePeer {
        let peer = ReliablePeer(name)
        peer.confirms(confirms)
        try await peer.connect(port: nodes[index].port)
        return peer
    }

    func everyNode(sees count: Int) async throws {
        try await nodes(0...(nodes.count - 1), see: count, within: .seconds(30))
    }

    /// Waits until `/bootstrap` of these nodes tells this count.
    func nodes(_ range: ClosedRange<Int>, see count: Int, within limit: Duration) async throws {
        for node in nodes[range] {
            try await eventually("\(node.name) sees \(count)", within: limit) {
                try await TestHTTP.get("/bootstrap?room=r", port: node.port).body.contains("\"peers\":\(count),")
            }
        }
    }

    struct Never: Error, CustomStringConvertible {
        let description: String
    }

    /// Polls until `condition` holds, and says what never came true otherwise.
    func eventually(
        _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Never(description: "never: \(what)")
    }
}
