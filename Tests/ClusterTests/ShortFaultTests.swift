import SignalTestKit
import Testing

/// What is over before Prometheus looks is still seen, for it is counted.
@Suite("Short faults")
struct ShortFaultTests {
    private func value(_ series: String, of node: NodeProcess) async throws -> Double? {
        let page = try await TestHTTP.get("/metrics", port: node.port).body
        let line = page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test("lost links, another data set and the members of a dead node are counted, by those that see them")
    func counted() async throws {
        let cluster = try await Cluster(
            nodes: 2, settings: ["LEASE_MS": "1500", "HEARTBEAT_MS": "100", "AMNESTY_GAP_MS": "700"])
        func everyNode(shows series: String, _ wanted: Double) async throws {
            for node in cluster.nodes {
                try await cluster.eventually("\(node.name): \(series) \(wanted)") {
                    try await value(series, of: node) == wanted
                }
            }
        }
        let closed = #"bs_redis_reconnects_total{reason="closed"}"#
        try await everyNode(shows: closed, 0)
        try await everyNode(shows: "bs_redis_epoch_changes_total", 0)
        for node in cluster.nodes {
            #expect(try await value("bs_redis_roundtrip_seconds_count", of: node) ?? 0 > 0)
            let page = try await TestHTTP.get("/metrics", port: node.port).body
            #expect(page.contains(#"bs_build_info{version=""#))
        }

        try cluster.redis.command(["CLIENT", "KILL", "TYPE", "pubsub"])
        try await everyNode(shows: closed, 1)
        try await everyNode(shows: "bs_redis_up", 1)
        try await everyNode(shows: "bs_redis_epoch_changes_total", 0)

        try cluster.redis.command(["FLUSHALL"])
        try await everyNode(shows: "bs_redis_epoch_changes_total", 1)
        try await everyNode(shows: closed, 1)

        let ann = try await cluster.peer("ann", at: 0)
        let bob = try await cluster.peer("bob", at: 1)
        try await cluster.everyNode(sees: 2)
        cluster.nodes[1].kill()
        try await cluster.nodes(0...0, see: 1, within: .seconds(10))
        #expect(try await value("bs_members_swept_total", of: cluster.nodes[0]) == 1)
        withExtendedLifetime((ann, bob)) {}
    }
}
