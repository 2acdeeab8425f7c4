/// JSON strings of the audit log: they cannot end the line, reorder it on a screen, hide in it, or grow it.
enum AuditText {
    /// The longest text of a value, in bytes of UTF-8 before escaping.
    static let maxBytes = 256

    /// Appends `text` with its quotes, cut between characters with an ellipsis inside the limit.
    static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for scalar in cut(text).unicodeScalars { append(scalar, to: &line) }
        line.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
        switch scalar {
        case "\"", "\\":
            line.append(UInt8(ascii: "\\"))
            line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        case _ where isHarmful(scalar):
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let hex = String(unit, radix: 16)
                line.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
            }
        default: line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Controls, line separators, and what a screen obeys or does not show: directions, joiners, fillers and tags.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxBytes else { return text }
        var kept = ""
        var size = "…".utf8.count
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            if size > maxBytes { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + "…"
    }
}
