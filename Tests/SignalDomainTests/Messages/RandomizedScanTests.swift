import Foundation
import SignalDomain
import Testing

@Suite("Scanner and stamp against the slow reference")
struct RandomizedScanTests {
    static let cases = 6_000

    @Test(
        "24,000 random messages: same verdict, same findings, and a stamped message that keeps every other member",
        arguments: Dialect.allCases, 1...2)
    func agreesWithTheReference(dialect: Dialect, batch: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = MessageGenerator(random: SeededRandom(seed: seed))
        var accepted = 0
        var forged = 0
        for number in 0..<Self.cases {
            let bytes = generator.message()
            var reference = ReferenceParser(bytes)
            let expected = Result { () throws(ScanError) in try reference.message() }
            let actual = Result { () throws(ScanError) in try scan(bytes, limits: ScanLimits(dialect)) }
            let note: Comment = "seed \(seed), case \(number): \(text(bytes))"
            switch (expected, actual) {
            case (.failure(let one), .failure(let other)): try #require(one == other, note)
            case (.success(let members), .success(let message)):
                accepted += 1
                if !message.forged.isEmpty { forged += 1 }
                try checkFindings(dialect, message, members, bytes, note)
                try checkStamped(dialect, members, bytes, note)
            default: try #require(Bool(false), "\(note): expected \(expected), got \(actual)")
            }
        }
        #expect(accepted > Self.cases / 4 && forged > Self.cases / 10, "the generator lost its reach")
    }

    private func checkFindings(
        _ dialect: Dialect, _ message: ScannedMessage, _ members: [ReferenceParser.Member], _ bytes: [UInt8],
        _ note: Comment
    ) throws {
        let find = { (name: String) in members.first { $0.name == ReferenceParser.units(name) } }
        let kept = members.filter { !Self.serverOwned(dialect).contains($0.name) }
        try #require(message.isEmpty == kept.isEmpty, note)
        try #require(message.to == find("to").map { MemberValue(kind: $0.kind, range: $0.valueRange) }, note)
        try #require(message.id == find("id").map { MemberValue(kind: $0.kind, range: $0.valueRange) }, note)
        try #require(bytes[message.start] == UInt8(ascii: "{") && bytes[message.end] == UInt8(ascii: "}"), note)
        try #require(message.type == find("type").map(Self.meaning) ?? .other, note)
    }

    private func checkStamped(
        _ dialect: Dialect, _ members: [ReferenceParser.Member], _ bytes: [UInt8], _ note: Comment
    ) throws {
        let room = try RoomKey(namespace: "n\"s", room: "r\\🙂")
        let session = dialect == .two ? "c2Vzc2lvbi1uYW1l" : nil
        let stamped = try stamp(
            bytes, with: Stamp(peer: PeerID("peer-1"), room: room, sourceSession: session),
            at: Timestamp(milliseconds: 1_795_406_706_789), limits: ScanLimits(dialect))
        try #require(stamped.bytes.count == stamped.foretold, note)

        // The obvious result: the members that stay, each as written, then the server's own.
        var expected = [
            ["\"sourcePeerId\"", "\"peer-1\""], ["\"namespace\"", "\"n\\\"s\""], ["\"room\"", "\"r\\\\🙂\""],
            ["\"receivedAt\"", "\"2026-11-23T04:05:06.789Z\""],
        ]
        if let session { expected.append(["\"sourceSession\"", "\"\(session)\""]) }
        var wide = ScanLimits()
        wide.maxKeys += expected.count
        var reader = ReferenceParser(stamped.bytes, limits: wide)
        let result = try reader.message()
        let kept = members.filter { !Self.serverOwned(dialect).contains($0.name) }
        try #require(result.dropLast(expected.count).map(\.rawName) == kept.map(\.rawName), note)
        try #require(result.dropLast(expected.count).map(\.rawValue) == kept.map(\.rawValue), note)
        let own = result.suffix(expected.count).map { [text($0.rawName), text($0.rawValue)] }
        try #require(own == expected, note)

        // What Foundation can read at all, it reads with the server's values.
        guard (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil else { return }
        let object = try JSONSerialization.jsonObject(with: Data(stamped.bytes)) as? [String: Any]
        try #require(object?["sourcePeerId"] as? String == "peer-1" && object?["namespace"] as? String == "n\"s", note)
        try #require(object?["room"] as? String == "r\\🙂", note)
    }

    private static func serverOwned(_ dialect: Dialect) -> [[UInt16]] {
        let always = ["sourcePeerId", "namespace", "room", "receivedAt"]
        return (dialect == .two ? always + ["sourceSession", "seq"] : always).map(ReferenceParser.units)
    }

    private static func meaning(_ member: ReferenceParser.Member) -> MessageType {
        guard let word = try? JSONDecoder().decode(String.self, from: Data(member.rawValue)) else { return .other }
        if let reserved = ReservedType(rawValue: word) { return .reserved(reserved) }
        let own: [String: MessageType] = [
            "heartbeat": .heartbeat, "telemetry": .telemetry, "ping": .ping, "hello": .hello, "ack": .ack,
            "presence": .presence, "auth": .auth, "leave": .leave,
        ]
        return own[word] ?? .other
    }
}
