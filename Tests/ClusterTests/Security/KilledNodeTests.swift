import Foundation
import SignalTestKit
import Testing

/// Rows 22 and 11 of security.md §4 at the death of a node. `STORM` scales it.
@Suite("The clients of a killed node", .serialized)
struct KilledNodeTests {
    private static let count = ProcessInfo.processInfo.environment["STORM"].flatMap { Int($0) } ?? 300
    private static let rate = 50

    /// Comes in at any cost, as a client does: it tries again when it is refused or cut off.
    ///
    /// - Returns: the peer, and how often it had to try.
    private static func comeIn(_ name: String, port: Int, until deadline: ContinuousClock.Instant) async throws
        -> (peer: TestPeer, tries: Int)
    {
        var tries = 0
        while true {
            tries += 1
            do {
                let peer = try await TestPeer.connect(
                    port: port, room: "r-\(name)", peerID: name, timeout: .seconds(30))
                _ = try await peer.next(type: "welcome")
                return (peer, tries)
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    @Test("row 22: all clients of a killed node return at once, are accepted at the bounded pace, and all get in")
    func storm() async throws {
        let cluster = try await Cluster(nodes: 3, settings: ["ACCEPT_RATE": "\(Self.rate)"])
        let clock = ContinuousClock()
        let names = (0..<Self.count).map { "p\($0)" }
        var before: [TestPeer] = []
        for name in names {
            let (peer, _) = try await Self.comeIn(name, port: cluster.nodes[0].port, until: clock.now + .seconds(60))
            before.append(peer)
        }
        cluster.nodes[0].kill()
        let start = clock.now
        let deadline = start + .seconds(120)
        let back = try await withThrowingTaskGroup(of: (peer: TestPeer, tries: Int).self) { group in
            for (index, name) in names.enumerated() {
                let port = cluster.nodes[1 + index % 2].port
                group.addTask { try await Self.comeIn(name, port: port, until: deadline) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(back.count == Self.count)
        // Half of them at each node: a burst of the rate, then the rate. A machine can only make it slower.
        let paced = Double(Self.count / 2 - Self.rate) / Double(Self.rate)
        #expect(clock.now - start > .seconds(paced * 0.8), "\(clock.now - start)")
        // Nobody had to try for long: who waits in the kernel is not refused.
        #expect(back.allSatisfy { $0.tries <= 3 }, "\(back.map(\.tries).max() ?? 0)")
        for (peer, _) in back {
            try await peer.send(#"{"type":"heartbeat"}"#)
            #expect(try await peer.next(type: "heartbeat-ack").type == "heartbeat-ack")
        }
    }

    @Test(
        "row 11: while the cluster has not noticed a node's death, nobody else gets a peer ID of it, and its owner does"
    )
    func leaseGap() async throws {
        let cluster = try await Cluster(
            nodes: 3, settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8", "LEASE_MS": "30000", "HEARTBEAT_MS": "500"])
        func join(_ node: Int, from address: String) async throws -> TestPeer {
            let peer = try await TestPeer.connect(
                port: cluster.nodes[node].port, room: "r", peerID: "p", headers: [("X-Forwarded-For", address)])
            _ = try await peer.next(type: "welcome")
            return peer
        }
        let victim = try await join(0, from: "198.51.100.1")
        cluster.nodes[0].kill()
        for attempt in 0..<30 {
            await #expect(throws: TestPeer.Refused.self, "attempt \(attempt)") {
                try await join(1 + attempt % 2, from: "203.0.113.9")
            }
        }
        let back = try await join(1, from: "198.51.100.1")
        for node in 1...2 {
            do {
                _ = try await join(node, from: "203.0.113.9")
                Issue.record("another address took the peer ID over")
            } catch let refused as TestPeer.Refused {
                #expect(refused.status == 409)
            }
        }
        try await back.send(#"{"type":"heartbeat"}"#)
        #expect(try await back.next(type: "heartbeat-ack").type == "heartbeat-ack")
        await victim.drop()
    }
}
