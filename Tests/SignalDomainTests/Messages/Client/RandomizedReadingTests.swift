import Foundation
import SignalDomain
import Testing

/// What clients of dialect 2 say, read from random bytes and compared with what a slow, obvious reader finds.
@Suite("Reading against the slow reference")
struct RandomizedReadingTests {
    private static let names = ["a", "b", "me", "peer-1", "x:y~z", "", "a b", "ä", "\\u0061", "\\u006de", "\\ud800"]
    private static let wrong = ["7", "null", "{}", "[]", "true", "[\"a\",1]", "[[\"a\"]]"]

    @Test("12,000 random targets: the same verdict and the same peers", arguments: 1...4)
    func targets(batch: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var directed = 0
        for number in 0..<3_000 {
            let message = Self.signal(&random)
            let note: Comment = "seed \(seed), case \(number): \(message)"
            let read = try? target(message)
            try #require(read == Self.obviousTarget(message), note)
            if case .confirmed = read { directed += 1 }
        }
        #expect(directed > 300, "the generator lost its reach")
    }

    @Test(
        "20,000 damaged hellos: none is read beyond its end, and what is accepted keeps its promises", arguments: 1...4)
    func hellos(batch: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for number in 0..<5_000 {
            let bytes = Self.hello(&random)
            let note: Comment = "seed \(seed), case \(number): \(text(bytes))"
            let guarded = try GuardedBytes(bytes)
            guard let message = try? MessageScanner.scan(guarded.bytes, limits: ScanLimits(.two)),
                let hello = try? Hello(message, in: guarded.bytes)
            else { continue }
            accepted += 1
            try #require(16...64 ~= hello.sid.utf8.count && hello.cn < 1 << 53, note)
            try #require(hello.token != "" && hello.resume?.token != "", note)
            try #require(hello.metadata.utf8.count <= 2_048, note)
            guard !hello.metadata.isEmpty else { continue }
            let metadata = try JSONSerialization.jsonObject(with: Data(hello.metadata.utf8))
            try #require(metadata is [String: Any], note)
        }
        #expect(accepted > 250, "the generator lost its reach")
    }

    @Test("6,000 random messages of every type are read or refused, never beyond their end")
    func commands() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = MessageGenerator(random: SeededRandom(seed: seed))
        let sender = try PeerID("me")
        var read = 0
        for _ in 0..<6_000 {
            let word = generator.random.pick(["heartbeat", "ack", "presence", "auth", "leave", "telemetry", "offer"])
            let number = generator.random.pick(["0", "7", "-1", "1e3", "null", "9007199254740991", "\"7\""])
            let metadata = text(generator.message())
            var bytes = Array(
                #"{"type":"\#(word)","seq":\#(number),"metadata":\#(metadata),"token":\#(number),"to":["a"],"id":"x"}"#
                    .utf8)
            if generator.random.chance(30) {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator.random))
            }
            let guarded = try GuardedBytes(bytes)
            guard let message = try? MessageScanner.scan(guarded.bytes, limits: ScanLimits(.two)) else { continue }
            let command = Result { try ClientCommand(message, in: guarded.bytes) }
            let target = Result { try SignalTarget(message, in: guarded.bytes, from: sender) }
            if case .success(.some) = command { read += 1 }
            if case .success(.confirmed(let peers, let id)) = target {
                #expect(peers.map(\.text) == ["a"] && id == "\"x\"", "seed \(seed)")
            }
        }
        #expect(read > 500, "the generator lost its reach")
    }

    /// A hello that is mostly right, with random metadata, and damaged in a third of the cases.
    private static func hello(_ random: inout SeededRandom) -> [UInt8] {
        var generator = MessageGenerator(random: random)
        let metadata = generator.message()
        random = generator.random
        let members = [
            #""type":"hello""#, #""sid":"\#(String(repeating: "_", count: Int.random(in: 15...65, using: &random)))""#,
            #""cn":\#(random.pick(["0", "1", "9007199254740991", "-0", "12", "1.0", "null"]))"#,
            #""peerId":\#(random.pick(["null", "\"\"", "\"a\"", "\"b\"", "\"a b\""]))"#,
            #""token":\#(random.pick(["null", "\"\"", "\"t\"", "\"u\"", "{}"]))"#,
            #""resume":\#(random.pick(["null", "{\"token\":\"r\"}", "{\"token\":\"r\",\"lastSeq\":3}", "null", "[]"]))"#,
            #""metadata":\#(text(metadata))"#,
        ].filter { _ in random.chance(97) }
        var bytes = Array(("{" + members.shuffled(using: &random).joined(separator: ",") + "}").utf8)
        if random.chance(30) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.pick(Array("{}[]\",:\\u0 ".utf8))
        }
        return bytes
    }

    private static func signal(_ random: inout SeededRandom) -> String {
        var members = [#""type":"offer""#]
        if random.chance(90) {
            let count =
                random.chance(3) ? Int.random(in: 60...70, using: &random) : Int.random(in: 0...3, using: &random)
            let good = random.chance(70)
            let list = (0..<count).map { _ in
                "\"" + (good ? random.pick(["a", "b", "c\\u0064"]) : random.pick(names)) + "\""
            }
            let to = random.chance(60) ? "[" + list.joined(separator: " , ") + "]" : list.first ?? random.pick(wrong)
            members.append(#""to":\#(to)"#)
        }
        if random.chance(70) {
            let length =
                random.chance(20) ? Int.random(in: 60...68, using: &random) : Int.random(in: 0...3, using: &random)
            let text = (0..<length).map { _ in
                random.pick(["x", "é", "🙂", "\\u0000", "\\ud83d\\ude00", "\\\"", "\\udc00"])
            }
            members.append(#""id":\#(random.chance(90) ? "\"" + text.joined() + "\"" : random.pick(wrong))"#)
        }
        return "{" + members.shuffled(using: &random).joined(separator: ",") + "}"
    }

    /// The target by way of UTF-16 code units and whole arrays; nil = a fault.
    private static func obviousTarget(_ message: String) -> SignalTarget? {
        var parser = ReferenceParser(Array(message.utf8))
        guard let members = try? parser.message() else { return nil }
        let value = { (name: String) in members.first { $0.name == ReferenceParser.units(name) } }
        guard let to = value("to") else { return .broadcast }
        var names: [String] = []
        if to.kind == .string { names = [obviousText(to.rawValue)] }
        if to.kind == .array {
            guard let texts = stringArray(to.rawValue), texts.count <= 64 else { return nil }
            names = texts
        }
        var peers: [PeerID] = []
        for name in names {
            guard let peer = try? PeerID(name), name != "me" else { return nil }
            if !peers.contains(peer) { peers.append(peer) }
        }
        guard !peers.isEmpty else { return nil }
        guard let id = value("id") else { return .direct(peers) }
        guard id.kind == .string, 1...64 ~= obviousText(id.rawValue).unicodeScalars.count else { return nil }
        return .confirmed(peers, id: text(id.rawValue))
    }

    private static func obviousText(_ json: [UInt8]) -> String {
        var parser = ReferenceParser(Array("{".utf8) + json + Array(":0}".utf8), limits: wide)
        return String(decoding: (try? parser.message())?.first?.name ?? [], as: UTF16.self)
    }

    /// Splits a generated array, whose strings hold no comma; nil when an element is no string.
    private static func stringArray(_ json: [UInt8]) -> [String]? {
        var texts: [String] = []
        for element in json.dropFirst().dropLast().split(separator: UInt8(ascii: ",")) {
            let trimmed = text(Array(element)).trimmingCharacters(in: .whitespaces)
            guard trimmed.hasPrefix("\"") else { return nil }
            texts.append(obviousText(Array(trimmed.utf8)))
        }
        return texts
    }

    private static let wide = ScanLimits(maxDepth: 32, maxKeys: 256, maxKeyBytes: 4_096)
}
