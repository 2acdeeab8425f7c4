import Foundation
import SignalDomain
import Testing

@testable import SignalNode

/// What stands in the audit log can be read by anybody and changed by nobody who is not noticed.
@Suite("The chain of the audit log")
struct AuditChainTests {
    @Test("a line says who did what to whom, where and when, with the network of the address for good")
    func members() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        var writer = try log.open()
        try log.write([.kick], with: &writer)
        let lines = try log.objects()
        #expect(lines.count == 2)
        #expect(lines[0]["action"] as? String == "audit.opened")
        #expect(lines[0]["node"] as? String == "n1")
        #expect((lines[0]["detail"] as? String)?.contains(log.now.iso8601) == true, "the first line names the start")
        let kick = lines[1]
        #expect(kick["seq"] as? Int == 2)
        #expect(kick["ts"] as? String == log.now.iso8601)
        let texts = [
            "node": "n1", "action": "moderation.kick", "actor": "sub:alice", "namespace": "team", "room": "a",
            "target": "peer:bob", "result": "done", "detail": "until 1763900000000", "network": "203.0.113.0/24",
        ]
        for (name, text) in texts { #expect(kick[name] as? String == text, "\(name)") }
        #expect(kick["prev"] as? String == lines[0]["hash"] as? String)
        #expect((kick["client"] as? [String: String])?["address"] == "203.0.113.77")
    }

    @Test("any changed, removed, moved or repeated line is found, and it is the first one that is named")
    func finds() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        var writer = try log.open()
        for number in 0..<9 {
            var entry = AuditEntry.kick
            entry.detail = "entry \(number)"
            try log.write([entry], with: &writer)
        }
        let lines = try log.lines()
        #expect(AuditFolder.fault(in: lines) == nil)
        for index in lines.indices {
            var changed = lines
            changed[index] = lines[index].replacingOccurrences(of: "n1", with: "n2")
            #expect(AuditFolder.fault(in: changed)?.line == index + 1, "changed \(index)")
            guard index > 0 else { continue }
            var swapped = lines
            swapped.swapAt(index - 1, index)
            #expect(AuditFolder.fault(in: swapped)?.line == max(2, index), "swapped \(index)")
            var doubled = lines
            doubled.insert(lines[index], at: index)
            #expect(AuditFolder.fault(in: doubled)?.line == index + 2, "doubled \(index)")
            guard index < lines.count - 1 else { continue }
            var removed = lines
            removed.remove(at: index)
            #expect(AuditFolder.fault(in: removed)?.line == index + 1, "removed \(index)")
        }
    }

    @Test("every single byte of a line counts: flipping any of them is found")
    func everyByte() throws {
        var chain = AuditChain(node: "n1")
        let salt = [UInt8](repeating: 7, count: AuditChain.saltBytes)
        let line = chain.append(.kick, at: Timestamp(milliseconds: 1), salt: salt).dropLast()
        #expect((try? AuditLine(line[...])) != nil)
        for index in line.indices {
            var flipped = Array(line)
            flipped[index] ^= 1
            #expect((try? AuditLine(flipped[...])) == nil, "byte \(index)")
        }
    }

    @Test("a line whose address is forgotten is as valid as before, and an address cannot be put in")
    func forgets() throws {
        var chain = AuditChain(node: "n1")
        let salt = [UInt8](repeating: 7, count: AuditChain.saltBytes)
        let line = chain.append(.kick, at: Timestamp(milliseconds: 1), salt: salt).dropLast()
        let forgotten = try #require(AuditLine.forgettingClient(line[...]))
        #expect(try AuditLine(forgotten[...]) == AuditLine(line[...]))
        #expect(!String(decoding: forgotten, as: UTF8.self).contains("203.0.113.77"))
        #expect(AuditLine.forgettingClient(forgotten[...]) == nil)
        let other = String(decoding: line, as: UTF8.self).replacingOccurrences(of: "203.0.113.77", with: "203.0.113.78")
        #expect(throws: AuditLine.Fault.address) { try AuditLine(Array(other.utf8)[...]) }
    }

    @Test("IPv6 keeps a /48, IPv4 a /24")
    func networks() throws {
        let address = try #require(ClientAddress("2001:db8:1:2:3::4"))
        #expect(AuditLine.network(of: address) == "2001:db8:1::/48")
        #expect(AuditLine.network(of: ClientAddress(ipv4: 0xCB00_714D)) == "203.0.113.0/24")
    }

    @Test(
        "hostile text in every field leaves one line, one object, short, without controls or bidi marks",
        arguments: 0..<200)
    func hostileText(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let parts = [
            "\n", "\r", "\u{0}", "\u{1B}[2J", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{2028}", "\u{85}",
            "\"", "\\",
            "\",\"hash\":\"", "\",\"client\":{\"address\":\"1.2.3.4\",\"salt\":\"", "}", "\u{301}", "ü", "🙂",
            "\u{E0041}",
            String(repeating: "x", count: 300),
        ]
        func text() -> String { (0..<4).map { _ in parts.randomElement(using: &random) ?? "" }.joined() }
        var chain = AuditChain(node: text())
        let entry = AuditEntry(
            .ban, by: .subject(text()), from: ClientAddress("203.0.113.77"), target: text(),
            result: .refused(code: text()), detail: text())
        let line = chain.append(entry, at: Timestamp(milliseconds: 1), salt: Array(repeating: 1, count: 16))
        #expect(line.count(where: { $0 == UInt8(ascii: "\n") }) == 1 && line.last == UInt8(ascii: "\n"), "seed \(seed)")
        #expect(line.count < 12_000, "seed \(seed)")
        #expect((try? AuditLine(line.dropLast())) != nil, "seed \(seed)")
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        #expect(object?["action"] as? String == "moderation.ban", "seed \(seed)")
        #expect((object?["client"] as? [String: String])?["address"] == "203.0.113.77", "seed \(seed)")
        let shown = String(decoding: line.dropLast(), as: UTF8.self).unicodeScalars
        let harmful: [ClosedRange<UInt32>] = [
            0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF...0xFEFF,
            0xE0000...0xE007F,
        ]
        #expect(!shown.contains { scalar in harmful.contains { $0.contains(scalar.value) } }, "seed \(seed)")
    }
}

/// A small generator whose whole sequence follows from its seed (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
