/// Writes messages from the grammar of JSON and the vocabulary of the protocol, with forged, repeated and escaped names.
struct MessageWriter {
    static let names = [
        "type", "to", "id", "sid", "cn", "token", "resume", "lastSeq", "metadata", "peerId", "seq", "sourcePeerId",
        "namespace", "room", "receivedAt", "sourceSession", "iceState", "region", "sdp", "a", "",
    ]
    static let words = [
        "hello", "heartbeat", "ack", "presence", "auth", "leave", "telemetry", "welcome", "peer-left", "nack", "offer",
        "ping", "error", "members", "go-away", "p1", "AAAAAAAAAAAAAAAAAAAAAA", "x",
    ]
    static let mutator = Mutator(
        names.map { "\"\($0)\":" } + words.map { "\"\($0)\"" } + [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\\"", "null", "true", "-", "1e999", "0.",
            "9007199254740993", "18446744073709551616", "[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", " ", "\n",
            "\u{FEFF}",
            "\u{202E}", "🙂",
        ])

    /// One object of members, mostly valid.
    static func message(_ random: inout FuzzRandom) -> [UInt8] {
        var text = "{"
        let count = random.chance(2) ? 250 + random.below(10) : random.below(8)
        for index in 0..<count {
            if index > 0 { text += "," }
            text += name(&random) + ":" + value(&random, depth: 0)
        }
        var bytes = Array((text + "}").utf8)
        if random.chance(50) { mutator.mutate(&bytes, &random) }
        return bytes
    }

    /// A hello as a client writes it.
    static func hello(_ random: inout FuzzRandom) -> [UInt8] {
        let sid = String(
            (0..<(random.chance(80) ? 22 : random.below(70))).map { _ in random.pick(Array("abcXYZ019-_")) })
        var text =
            #"{"type":"hello","sid":"\#(sid)","cn":\#(random.pick(["0", "7", "9007199254740991", "-1", "1.5", "1e2"]))"#
        for name in ["peerId", "token", "resume", "metadata"] where random.chance(40) {
            text += ",\"\(name)\":" + (random.chance(50) ? #"{"token":"t","lastSeq":3}"# : value(&random, depth: 0))
        }
        var bytes = Array((text + "}").utf8)
        if random.chance(60) { mutator.mutate(&bytes, &random) }
        return bytes
    }

    private static func name(_ random: inout FuzzRandom) -> String {
        let name = random.pick(names)
        guard random.chance(20) else { return "\"\(name)\"" }
        return "\""
            + name.unicodeScalars.map { scalar in
                let hex = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }.joined() + "\""
    }

    private static func value(_ random: inout FuzzRandom, depth: Int) -> String {
        switch random.below(depth > 3 ? 5 : 8) {
        case 0, 1: return "\"" + random.pick(words) + "\""
        case 2: return random.pick(["0", "-0", "1", "-1.5e3", "1e999999", "12345678901234567890"])
        case 3: return random.pick(["null", "true", "false", "[]", "{}", "\"\"", "\"\\u0000\\ud83d\\ude42\\udc00\""])
        case 4: return "\"" + String(repeating: random.pick(["x", "ü", "\\n", "🙂"]), count: random.below(200)) + "\""
        case 5:
            let items = (0..<random.below(5)).map { _ in value(&random, depth: depth + 1) }
            return "[" + items.joined(separator: ",") + "]"
        case 6:
            let levels = random.below(40)
            return String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        default:
            let members = (0..<random.below(5)).map { _ in name(&random) + ":" + value(&random, depth: depth + 1) }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}
