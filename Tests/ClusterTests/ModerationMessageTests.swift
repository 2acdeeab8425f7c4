import Foundation
import SignalTestKit
import Testing

/// Moderation as a message of a peer with the grant.
@Suite("The moderate message", .serialized)
struct ModerationMessageTests {
    private func peer(_ name: String, _ grants: String, at index: Int, in cluster: Cluster) async throws -> ReliablePeer
    {
        let token = try Operator(port: cluster.nodes[0].port).roomToken(grants)
        let peer = ReliablePeer(name)
        try await peer.open(port: cluster.nodes[index].port, query: [("token", token)])
        try await peer.send(peer.hello())
        try await peer.welcomed()
        return peer
    }

    @Test("a moderator removes a peer of another node, and is told so")
    func kick() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let moderator = try await peer("mod", #"["join","read","write","moderate"]"#, at: 0, in: cluster)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await moderator.send(#"{"type":"moderate","action":"kick","peerId":"bob","id":"m1","reason":"spam"}"#)
        let answer = try await moderator.next("moderated")
        #expect(answer["id"] == "m1")
        #expect(answer["action"] == "kick")
        #expect(answer.number("applied") == 1)
        #expect(try await bob.expectClose(timeout: .seconds(1)).reason == "kicked")
    }

    @Test("without the grant it is forbidden, and nobody else ever sees the message")
    func forbidden() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let member = try await peer("member", #"["join","read","write"]"#, at: 0, in: cluster)
        let moderator = try await peer("mod", #"["join","read","write","moderate"]"#, at: 0, in: cluster)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        try await member.send(#"{"type":"moderate","action":"kick","peerId":"bob","id":"m1"}"#)
        let refused = try await member.next("error")
        #expect(refused["code"] == "forbidden")
        #expect(refused["id"] == "m1")
        try await moderator.send(#"{"type":"moderate","action":"close"}"#)
        #expect(try await moderator.next("error")["code"] == "forbidden", "closing needs delete")
        for wrong in [
            #"{"type":"moderate"}"#, #"{"type":"moderate","action":"jail","peerId":"bob"}"#,
            #"{"type":"moderate","action":"ban"}"#, #"{"type":"moderate","action":"ban","peerId":"bob","untilMs":1}"#,
            #"{"type":"moderate","action":"ban","peerId":"bob","untilMs":"soon"}"#,
        ] {
            try await moderator.send(wrong)
            #expect(try await moderator.next("error")["code"] == "invalid_message", "\(wrong)")
        }
        try await member.send(#"{"type":"moderated","action":"kick"}"#)
        #expect(try await member.next("error")["code"] == "reserved_type")
        try await member.send(#"{"type":"last"}"#)
        _ = try await bob.next("last")
        #expect(bob.waiting("moderate", "moderated").isEmpty)
    }
}
