/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5).
public enum Base64URL {
    /// The text of `bytes`: four characters for three bytes, no `=` at the end.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var pending: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            pending += 8
            while pending >= 6 {
                pending -= 6
                text.append(character(UInt8(truncatingIfNeeded: bits >> pending) & 0x3F))
            }
        }
        if pending > 0 {
            text.append(character(UInt8(truncatingIfNeeded: bits << (6 - pending)) & 0x3F))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`, or nil for any other character, a length that cannot be, or stray bits at the end:
    /// one value has exactly one spelling.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var bits: UInt32 = 0
        var pending: UInt32 = 0
        for byte in text.utf8 {
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            pending += 6
            if pending >= 8 {
                pending -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> pending))
            }
        }
        guard pending < 6, bits & ((1 << pending) - 1) == 0 else { return nil }
        return bytes
    }

    /// One of the 64 characters.
    static func isCharacter(_ byte: UInt8) -> Bool { value(byte) != nil }

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
