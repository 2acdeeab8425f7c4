import Foundation
import SignalTestKit
import Testing

/// What moderators decide ends the watches of those that it meets, on every node.
@Suite("Watches and moderators over three nodes", .serialized)
struct WatchModerationTests {
    /// The promise: on every node within this time.
    static let soon = Duration.seconds(1)

    private func watch(
        _ node: NodeProcess, room: String = "r", token: String? = nil
    ) async throws -> TestEvents {
        try await TestEvents.open(
            "/rendezvous/watch?room=\(room)", port: node.port,
            headers: token.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    @Test("a banned address and a closed room lose their watches everywhere at once, other rooms do not")
    func bansAndClosures() async throws {
        let cluster = try await Cluster(
            nodes: 3, settings: Operator.settings.merging(RendezvousWatchTests.settings) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        for (verb, back, body, code) in [
            ("ban", "unban", #"{"address":"127.0.0.1"}"#, "banned"), ("close", "open", "{}", "room_closed"),
        ] {
            var watches: [TestEvents] = []
            for node in cluster.nodes { watches.append(try await watch(node)) }
            let other = try await watch(cluster.nodes[2], room: "other")
            #expect(try await admin.verb(verb, body).status == 202)
            for (index, events) in watches.enumerated() {
                #expect(try await events.finishes(within: Self.soon), "\(verb) at node \(index + 1)")
            }
            for node in cluster.nodes {
                let refused = await #expect(throws: TestPeer.Refused.self) { try await watch(node) }
                #expect(refused?.status == 403 && refused?.body.contains(code) == true)
            }
            try await other.nextBeat()
            #expect(try await admin.verb(back, body).status == 202)
            for node in cluster.nodes {
                try await cluster.eventually("the room can be watched again", within: Self.soon) {
                    await (try watch(node)).close()
                    return true
                }
            }
            for events in watches + [other] { await events.close() }
        }
    }

    @Test("a revoked token loses its watch on every node, and no other token does")
    func revocation() async throws {
        let cluster = try await Cluster(
            nodes: 3, settings: Operator.settings.merging(RendezvousWatchTests.settings) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        let gone = TestKeys.token("sue", namespace: "global")
        let stays = TestKeys.token("tom", namespace: "global")
        var watches: [TestEvents] = []
        for node in cluster.nodes { watches.append(try await watch(node, token: gone)) }
        let other = try await watch(cluster.nodes[1], token: stays)
        #expect(try await admin.post("/admin/revocations", #"{"subject":"sue"}"#).status == 202)
        for events in watches { #expect(try await events.finishes(within: Self.soon)) }
        let refused = await #expect(throws: TestPeer.Refused.self) { try await watch(cluster.nodes[2], token: gone) }
        #expect(refused?.status == 401)
        try await other.nextBeat()
    }
}
