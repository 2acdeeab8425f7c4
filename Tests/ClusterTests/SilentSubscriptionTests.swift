import SignalTestKit
import Testing

/// A subscription that looks alive and hears nothing: only the echo of the own heartbeats shows it.
@Suite("A silent subscription", .serialized)
struct SilentSubscriptionTests {
    @Test("is given up when two heartbeats have no echo, although every PING has its PONG")
    func echo() async throws {
        let redis = try RedisServer()
        let wire = try await DeafeningWire(upstream: redis.port)
        // Heartbeats so far apart that the link asks for a PONG between them.
        let timing = ["HEARTBEAT_MS": "1500", "LEASE_MS": "8000", "AMNESTY_GAP_MS": "4000"]
        let nodes = try [wire.port, redis.port].enumerated().map { index, port in
            try NodeProcess(
                "node\(index + 1)", settings: timing.merging(["REDIS_URL": "redis://127.0.0.1:\(port)"]) { $1 })
        }
        for node in nodes {
            try await eventually("\(node.name) is ready") {
                try await TestHTTP.get("/readyz", port: node.port).status == 200
            }
        }
        try await wire.deafen()
        try await eventually("the deaf connection is given up", within: .seconds(20)) {
            try await wire.swallowed().isGivenUp
        }
        #expect(try await wire.swallowed().messages == 2)
        try await eventually("the node is linked again", within: .seconds(20)) {
            try await TestHTTP.get("/health", port: nodes[0].port).body.contains(#""degraded":false"#)
        }

        let ann = try await TestPeer.connect(port: nodes[0].port, room: "r", peerID: "ann")
        let bob = try await TestPeer.connect(port: nodes[1].port, room: "r", peerID: "bob")
        try await eventually("the way to the node", within: .seconds(20)) {
            try await bob.send(#"{"type":"again"}"#)
            return (try? await ann.next(type: "again", timeout: .milliseconds(200))) != nil
        }
    }

    private func eventually(
        _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Cluster.Never(description: "never: \(what)")
    }
}
