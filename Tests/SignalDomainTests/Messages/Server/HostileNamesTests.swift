import Foundation
import SignalDomain
import Testing

/// Whatever clients call themselves, every message of the server is JSON that says exactly what was meant.
@Suite("Messages of the server with hostile names and metadata")
struct HostileNamesTests {
    private static let pieces = [
        "\"", "\\", "\n", "\u{1}", "\u{7F}", "\u{85}", "\u{2028}", "🙂", "é", "}", "]", ",", ":", "\\u0000", "a", " ",
    ]

    private static func hostile(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in random.pick(pieces) }.joined()
    }

    private static func members(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any], "\(text(bytes))")
    }

    /// Metadata as a hostile client sends it, in the form that the server keeps.
    private static func metadata(_ random: inout SeededRandom) -> String? {
        var generator = MessageGenerator(random: random)
        let raw = generator.message()
        random = generator.random
        return try? hello(
            #"{"type":"hello","sid":"AAAAAAAAAAAAAAAAAAAAAA","cn":1,"metadata":\#(text(raw))}"#
        ).metadata
    }

    @Test("4,000 random welcomes and updates parse, and keep all their members")
    func parses() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let peer = try PeerID("p:~-._")
        var withMetadata = 0
        for number in 0..<4_000 {
            guard let metadata = Self.metadata(&random) else { continue }
            if !metadata.isEmpty { withMetadata += 1 }
            let note: Comment = "seed \(seed), case \(number): \(metadata)"
            let (word, other) = (Self.hostile(&random), Self.hostile(&random))
            let entry = PresenceEntry(
                peer: peer, polite: random.chance(50), since: Int64.random(in: 0...9, using: &random),
                away: random.chance(50), metadata: metadata)
            let room = try (try? RoomKey(namespace: word, room: other)) ?? RoomKey(namespace: nil, room: nil)
            let welcome = Welcome(
                peer: peer, room: room, now: Timestamp(milliseconds: 0), node: word, resumed: random.chance(50),
                members: [entry, entry], version: 1, resumeToken: other, resumeWindowMs: 1, iceServers: "[]",
                iceTtlMs: 1, heartbeatMs: 1,
                limits: Welcome.MessageLimits(maxMessageBytes: 1, messagesPerMinute: 1), grants: [word, other])
            let said = try Self.members(welcome.json)
            try #require(Set(said.keys) == Self.welcomeNames, note)
            try #require(said["node"] as? String == word && said["grants"] as? [String] == [word, other], note)
            try #require(said["namespace"] as? String == room.namespace && said["room"] as? String == room.room, note)
            let list = try #require(said["members"] as? [[String: Any]], note)
            try #require(list.count == 2 && list.allSatisfy { Self.isTold($0, entry) }, note)

            for message in [
                ServerMessages.members([entry], more: true, version: 1), ServerMessages.resync([entry], version: 1),
            ] {
                let told = try Self.members(message)["members"] as? [[String: Any]]
                try #require(told?.first.map { Self.isTold($0, entry) } == true, note)
            }
            let joined = try Self.members(ServerMessages.peerJoined(entry, version: 1))
            try #require(Set(joined.keys) == ["type", "peerId", "polite", "since", "metadata", "v"], note)
            let left = try Self.members(ServerMessages.peerLeft(peer, reason: word, version: 1))
            try #require(left["reason"] as? String == word && left.count == 4, note)
            let refused = try Self.members(ServerMessages.refusal(.forbidden, message: word))
            try #require(refused["message"] as? String == word && refused.count == 3, note)
            let moved = try Self.members(
                ServerMessages.goAway(reason: .draining, deadlineMs: 1, retryAfterMs: 1, url: other))
            try #require(moved["url"] as? String == other, note)
        }
        #expect(withMetadata > 500, "the generator lost its reach")
    }

    private static let welcomeNames: Set<String> = [
        "type", "peerId", "namespace", "room", "now", "protocol", "node", "resumed", "members", "v", "resume",
        "iceServers", "iceTtlMs", "heartbeatMs", "limits", "grants",
    ]

    private static func isTold(_ told: [String: Any], _ entry: PresenceEntry) -> Bool {
        var names: Set<String> = ["peerId", "polite", "since"]
        if entry.away { names.insert("away") }
        if !entry.metadata.isEmpty { names.insert("metadata") }
        return Set(told.keys) == names && told["peerId"] as? String == entry.peer.text
            && told["polite"] as? Bool == entry.polite && told["since"] as? Int64 == entry.since
    }

    @Test("3,000 random ids come back in every outcome as the same text")
    func keepsIDs() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let peer = try PeerID("a")
        for _ in 0..<3_000 {
            let id = Self.hostile(&random)
            let message = Array(#"{"to":"a","id":"#.utf8) + JSONText.quote(id) + Array("}".utf8)
            guard case .confirmed(_, let json) = try target(text(message)) else {
                Issue.record("seed \(seed): \(text(message))")
                return
            }
            for outcome in [
                ServerMessages.ack(id: json, to: peer, level: .stored),
                ServerMessages.nack(id: json, to: peer, code: .timeout),
                ServerMessages.refusal(.unavailable, id: json),
            ] {
                try #require(try Self.members(outcome)["id"] as? String == id, "seed \(seed): \(text(outcome))")
            }
        }
    }
}
