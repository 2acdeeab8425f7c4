/// Writes JSON into bytes, with texts made harmless: they cannot end the line, reorder it on a screen, or grow it.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// The longest text in a value, in bytes of UTF-8 before escaping.
    static let maxValueBytes = 256
    /// The longest key, in bytes.
    static let maxKeyBytes = 64

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func literal(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A quoted text, cut at `limit` bytes (between characters) with an ellipsis inside the limit.
    mutating func string(_ text: String, limit: Int = maxValueBytes) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in Self.cut(text, limit: limit).unicodeScalars { append(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": raw("\\\"")
        case "\\": raw("\\\\")
        case "\n": raw("\\n")
        case "\r": raw("\\r")
        case "\t": raw("\\t")
        default:
            if Self.isHarmful(scalar) {
                let hex = String(scalar.value, radix: 16)
                literal("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// C0 and C1 controls, bidirectional controls, line separators and the byte order mark; all lie below U+10000.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func cut(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var kept = ""
        var size = "…".utf8.count
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > limit { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + "…"
    }
}
