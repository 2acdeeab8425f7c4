import Foundation
import SignalDomain
import Testing

/// The JSON blocks of docs/protocol.md are what the code reads and writes.
@Suite("The protocol page")
struct ProtocolPageTests {
    private let page: String

    init() throws {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        page = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
    }

    /// The blocks marked with this word, without the spaces and line breaks between their tokens.
    private func examples(of side: String) -> [String] {
        page.components(separatedBy: "```json \(side)\n").dropFirst().map { rest in
            Self.compact(rest.components(separatedBy: "```")[0])
        }
    }

    private static func compact(_ json: String) -> String {
        var isInString = false
        var isEscaped = false
        return String(
            json.filter { character in
                if isInString {
                    isInString = isEscaped || character != "\""
                    isEscaped = character == "\\" && !isEscaped
                    return true
                }
                isInString = character == "\""
                return !character.isWhitespace
            })
    }

    @Test("shows what a client may say, and the server reads all of it")
    func readsClients() throws {
        let examples = examples(of: "client")
        #expect(examples.count == 8)
        for example in examples {
            switch try scan(example).type {
            case .hello: #expect(try hello(example).cn > 0)
            case .other: #expect(try target(example) != .broadcast, "\(example)")
            default: #expect(try command(example) != nil, "\(example)")
            }
        }
    }

    @Test("shows the server's messages as they are written, in this order")
    func writesServer() throws {
        let expected = try welcome() + presence() + signal() + outcomes() + service()
        let shown = examples(of: "server")
        #expect(shown.count == expected.count)
        for (example, written) in zip(shown, expected) { #expect(example == text(written)) }
    }

    @Test("lists every error code with its sentence, and every word of the server")
    func listsWords() {
        #expect(page.contains("<!-- error codes -->\n\(ErrorCode.markdownTable)<!-- /error codes -->"))
        #expect(page.contains(ReservedType.allCases.map(\.rawValue).joined(separator: " ")))
        for level in ServerMessages.AckLevel.allCases { #expect(page.contains("| `ack` `\(level.rawValue)` |")) }
        for code in ServerMessages.NackCode.allCases { #expect(page.contains("| `nack` `\(code.rawValue)` |")) }
        #expect(page.contains("`\(Dialect.two.subprotocol ?? "")`"))
    }

    private let now = Timestamp(milliseconds: 1_795_406_706_789)

    private func entry(
        _ name: String, polite: Bool = true, since: Int64, away: Bool = false, metadata: String = ""
    ) throws -> PresenceEntry {
        PresenceEntry(peer: try PeerID(name), polite: polite, since: since, away: away, metadata: metadata)
    }

    private func welcome() throws -> [[UInt8]] {
        let ana = try PeerID("ana")
        let polite = ana.isPolite(toward: try PeerID("ben"), speaking: .two)
        let welcome = Welcome(
            peer: ana, room: try RoomKey(namespace: nil, room: "lobby"), now: now, node: "n1", resumed: false,
            members: [
                try entry("ben", polite: polite, since: 1_795_406_700_000, metadata: #"{"name":"Ben"}"#),
                try entry("cleo", since: 1_795_406_500_000, away: true),
                try entry("an-old-client", since: 1_795_406_600_000),
            ],
            version: 41, resumeToken: "Zm9yIGFuYSBhbG9uZQ", resumeWindowMs: 30_000,
            iceServers: #"[{"urls":"stun:stun.example.org:3478"}]"#, iceTtlMs: 600_000, heartbeatMs: 25_000,
            limits: Welcome.MessageLimits(maxMessageBytes: 262_144, messagesPerMinute: 600),
            grants: ["join", "read", "write"])
        let dora = try entry("dora", since: 1_795_406_400_000)
        return [welcome.json, ServerMessages.members([dora], more: false, version: 41)]
    }

    private func presence() throws -> [[UInt8]] {
        let eve = try entry("eve", since: now.milliseconds)
        return [
            ServerMessages.peerJoined(eve, version: 42),
            ServerMessages.peerUpdated(try PeerID("ben"), away: true, version: 43),
            ServerMessages.peerUpdated(try PeerID("cleo"), metadata: #"{"name":"Cleo","muted":true}"#, version: 44),
            ServerMessages.peerLeft(eve.peer, reason: "left", version: 45),
            ServerMessages.resync([try entry("ben", since: 1_795_406_700_000)], version: 50),
        ]
    }

    /// The offer that the page shows its client sending, as the receiver gets it.
    private func signal() throws -> [[UInt8]] {
        let offer = try #require(examples(of: "client").first { $0.contains(#""type":"offer""#) })
        let sender = Stamp(
            peer: try PeerID("ana"), room: try RoomKey(namespace: nil, room: "lobby"), sourceSession: "PMcAjp_wuFYtEOvD"
        )
        return [numbered(try stamp(Array(offer.utf8), with: sender, at: now, limits: ScanLimits(.two)).bytes, 1)]
    }

    private func outcomes() throws -> [[UInt8]] {
        let (ben, nobody) = (try PeerID("ben"), try PeerID("nobody"))
        let lost = Array(#"{"type":"undeliverable","id":"c-1","to":"ben","reason":"timeout"}"#.utf8)
        return [
            ServerMessages.ack(id: #""o-1""#, to: ben, level: .stored),
            ServerMessages.ack(id: #""o-1""#, to: ben, level: .received),
            ServerMessages.nack(id: #""o-2""#, to: nobody, code: .notFound), numbered(lost, 2),
            ServerMessages.nack(id: nil, to: nobody, code: .notFound),
        ]
    }

    private func service() -> [[UInt8]] {
        [
            ServerMessages.heartbeatAck(now: now),
            ServerMessages.goAway(reason: .draining, deadlineMs: 5_000, retryAfterMs: 1_730),
            ServerMessages.iceServers(
                #"[{"urls":"turn:turn.example.org:3478","username":"1795407306:ana","credential":"c2VjcmV0"}]"#,
                iceTtlMs: 600_000, restartAdvised: true),
            ServerMessages.refusal(.rateLimited, retryAfterMs: 1_500),
            ServerMessages.refusal(.invalidMessage, id: #""o-3""#, message: SignalFault.toOneself.sentence),
        ]
    }

    private func numbered(_ payload: [UInt8], _ seq: UInt64) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: SequencedText.byteCount(payload: payload.count, seq: seq))
        _ = out.withUnsafeMutableBytes { out in
            payload.withUnsafeBytes { SequencedText.write(payload: $0, seq: seq, into: out) }
        }
        return out
    }
}
