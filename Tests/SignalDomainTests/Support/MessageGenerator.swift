/// Writes random messages: mostly valid, rich in forged, repeated and escaped names, and sometimes broken on purpose.
struct MessageGenerator {
    var random: SeededRandom

    mutating func message() -> [UInt8] {
        var bytes = Array((space() + object(depth: 0) + space()).utf8)
        if random.chance(40) { damage(&bytes) }
        return bytes
    }

    private static let names = [
        "type", "to", "id", "sourcePeerId", "namespace", "room", "receivedAt", "sdp", "candidate", "data", "a", "",
        "Type", "rooms", "roo", "toto", "seq", "type ", "namespacf", "sourceSession", "sourceSessioN", "emoji🙂", "ключ",
    ]
    private static let words = [
        "heartbeat", "telemetry", "ping", "hello", "ack", "presence", "auth", "leave", "welcome", "error",
        "heartbeat-ack", "peer-joined", "peer-left", "peer-updated", "nack", "undeliverable", "resync", "members",
        "go-away", "ice-servers", "offer", "answer", "Ping", "undeliverable ",
    ]
    private static let texts = [
        "", "x", "v=0\\r\\no=- 46117317 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\n", "\\ud800", "\\udc00\\ud800", "\\u0000",
        "🙂 ünïcödé", "\\\\\\\"", "{\\\"a\\\":1}", "\\/\\b\\f\\n\\r\\t", "plain text of more than eight bytes", "\u{7F}",
    ]
    private static let numbers = [
        "0", "-0", "1", "12345678901234567890", "1e999999", "-1.5E-3", "0.1", "1E+2", "9007199254740993",
    ]
    private static let broken = [
        "01", "1.", ".5", "-", "+1", "1e", "tru", "nul", "NaN", "'a'", "\"\\x\"", "\"\\u12G4\"", "\"\t\"", "[1,]",
        "[,1]",
        "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "]", "}", "[1 2]", "{\"a\":1 \"b\":2}", "",
    ]

    private mutating func space() -> String {
        random.chance(80) ? "" : random.pick([" ", "\n", "\t", "\r\n ", "   "])
    }

    private mutating func object(depth: Int) -> String {
        let count = depth == 0 && random.chance(1) ? 300 : Int.random(in: 0...6, using: &random)
        let members = (0..<count).map { _ in
            let name = name()
            return space() + "\"\(name)\"" + space() + ":" + space() + value(depth: depth + 1) + space()
        }
        return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
    }

    private mutating func name() -> String {
        if random.chance(1) { return String(repeating: "k", count: 100 + Int.random(in: 0...60, using: &random)) }
        let name = random.pick(Self.names)
        return random.chance(25) ? escaped(name) : name
    }

    /// The same text with some characters written as escapes.
    private mutating func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, random.chance(40) {
                let digits = String(scalar.value, radix: 16, uppercase: random.chance(50))
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private mutating func value(depth: Int) -> String {
        if random.chance(1) { return random.pick(Self.broken) }
        if random.chance(1) {
            let levels = Int.random(in: 25...40, using: &random)
            return String(repeating: random.chance(50) ? "[" : "{\"d\":", count: levels)
        }
        switch Int.random(in: 0..<(depth > 5 ? 4 : 6), using: &random) {
        case 0:
            let word = random.pick(Self.words)
            return "\"" + (random.chance(20) ? escaped(word) : word) + "\""
        case 1:
            return "\"" + (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(Self.texts) }.joined()
                + "\""
        case 2: return random.pick(Self.numbers)
        case 3: return random.pick(["true", "false", "null"])
        case 4:
            let count = Int.random(in: 0...4, using: &random)
            return "[" + space() + (0..<count).map { _ in value(depth: depth + 1) + space() }.joined(separator: ",")
                + "]"
        default: return object(depth: depth)
        }
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeSubrange(at...)
        case 1: bytes.remove(at: at)
        case 2: bytes[at] = random.pick(Array("{}[]\",:\\u0 \u{0}\u{1F}eE-+.tfn".utf8))
        default: bytes.insert(random.pick(Array("{}[]\",:\\0 \u{0}x".utf8)), at: at)
        }
    }
}
