import Foundation
import SignalTestKit
import Testing

/// What one address may use is counted over all nodes (security.md §2).
@Suite("Address budgets over nodes", .serialized)
struct AddressBudgetClusterTests {
    private let settings = [
        "RATE_LIMIT_CONNECTIONS_PER_IP": "6", "RATE_LIMIT_MESSAGES_PER_MINUTE": "60", "HEARTBEAT_MS": "100",
        "TRUSTED_PROXY_CIDRS": "127.0.0.0/8", "RATE_LIMIT_EXEMPT_CIDRS": "127.0.0.1",
    ]

    private func join(_ cluster: Cluster, at index: Int, from client: String, room: String = "r") async throws
        -> TestPeer
    {
        let peer = try await TestPeer.connect(
            port: cluster.nodes[index].port, room: room, headers: [("X-Forwarded-For", client)])
        _ = try await peer.next(type: "welcome")
        return peer
    }

    /// Whether the node lets one more connection of the client in; it leaves again.
    private func admits(_ cluster: Cluster, at index: Int, _ client: String) async throws -> Bool {
        do {
            try await join(cluster, at: index, from: client).close()
            return true
        } catch let refused as TestPeer.Refused {
            #expect(refused.status == 429)
            return false
        }
    }

    @Test("connections count on every node within a tick, and without Redis each node counts its own")
    func connections() async throws {
        let cluster = try await Cluster(nodes: 3, settings: settings)
        let client = "203.0.113.7"
        // IPv6 clients count by /64.
        let (one, other) = ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2")
        var open: [TestPeer] = []
        for _ in 0..<6 { open.append(try await join(cluster, at: 0, from: client)) }
        for _ in 0..<6 { open.append(try await join(cluster, at: 1, from: one)) }
        for index in 0..<3 {
            try await cluster.eventually("node \(index) knows the client") {
                try await !admits(cluster, at: index, client)
            }
            try await cluster.eventually("node \(index) knows the network") {
                try await !admits(cluster, at: index, other)
            }
        }
        #expect(try await admits(cluster, at: 1, "203.0.113.8"))

        let shared =
            try cluster.redis.command(["HGETALL", "bs:1:{nodes}:reports"])
            + cluster.redis.command(["ZRANGE", "bs:1:{nodes}:connections", "0", "-1", "WITHSCORES"])
        #expect(!shared.contains("203.0.113") && !shared.contains("2001:db8"), "no address leaves its node")

        // Slots that are given back on one node are free on all.
        try await open[0].close()
        try await cluster.eventually("a free slot is seen") { try await admits(cluster, at: 2, client) }

        cluster.redis.kill()
        try await cluster.eventually("node 2 counts alone") { try await admits(cluster, at: 2, client) }
        var alone: [TestPeer] = []
        for _ in 0..<6 { alone.append(try await join(cluster, at: 2, from: client)) }
        #expect(try await !admits(cluster, at: 2, client))
    }

    @Test("messages count on every node within a tick")
    func messages() async throws {
        let cluster = try await Cluster(nodes: 3, settings: settings)
        let client = "203.0.113.7"
        let first = try await join(cluster, at: 0, from: client, room: "a")
        let second = try await join(cluster, at: 1, from: client, room: "b")
        let neighbour = try await join(cluster, at: 1, from: "203.0.113.8", room: "c")
        for _ in 0..<60 { try await first.send(#"{"type":"heartbeat"}"#) }
        for _ in 0..<60 { _ = try await first.next(type: "heartbeat-ack") }
        // At most half of the limit goes unseen; with one node that sends it is nothing.
        try await cluster.eventually("the second node refuses") {
            try await second.send(#"{"type":"heartbeat"}"#)
            return try await second.next().type == "error"
        }
        try await neighbour.send(#"{"type":"heartbeat"}"#)
        #expect(try await neighbour.next().type == "heartbeat-ack")
    }
}
