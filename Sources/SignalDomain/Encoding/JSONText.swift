/// JSON strings, written and read (RFC 8259 §7).
public enum JSONText {
    /// `s` as a JSON string with its quotes: quote, backslash and control characters escaped, other UTF-8 left raw.
    public static func quote(_ s: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(s.utf8.count + 2)
        append(s, to: &out)
        return out
    }

    /// Appends `s` as a JSON string; DEL is escaped too, so that a log line or terminal never sees it raw.
    public static func append(_ s: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in s.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                out.append(contentsOf: "\\u00".utf8)
                out.append(HexDigit.upper(byte >> 4))
                out.append(HexDigit.upper(byte))
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// The text of a JSON string without its quotes; a lone surrogate escape becomes U+FFFD.
    ///
    /// `bytes` is the inside of a string that a scan accepted; other text is read up to its first broken `\u` escape.
    public static func unescape(_ bytes: UnsafeRawBufferPointer) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { out in
            let count = unescape(bytes, into: out)
            return String(decoding: out[..<count], as: UTF8.self)
        }
    }

    /// Unescapes into `out`, which holds at least `bytes.count` bytes (text never grows), and answers the length.
    static func unescape(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var read = 0
        var written = 0
        while read < bytes.count {
            let byte = bytes[read]
            read += 1
            guard byte == UInt8(ascii: "\\"), read < bytes.count else {
                out[written] = byte
                written += 1
                continue
            }
            let escape = bytes[read]
            read += 1
            guard escape == UInt8(ascii: "u") else {
                out[written] = plain(escape)
                written += 1
                continue
            }
            // Six bytes of escape become three of text at most, twelve become four.
            guard let scalar = scalar(in: bytes, at: &read) else { return written }
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                out[written] = unit
                written += 1
            }
        }
        return written
    }

    /// The byte that a one-character escape stands for.
    private static func plain(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    /// Reads the four digits at `index`, and the other half of a surrogate pair where there is one.
    private static func scalar(in bytes: UnsafeRawBufferPointer, at index: inout Int) -> Unicode.Scalar? {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let first = codeUnit(in: bytes, at: index) else { return nil }
        index += 4
        guard 0xD800...0xDBFF ~= first else { return Unicode.Scalar(first) ?? replacement }
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
            let second = codeUnit(in: bytes, at: index + 2), 0xDC00...0xDFFF ~= second
        else { return replacement }
        index += 6
        let pair = 0x1_0000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
        return Unicode.Scalar(pair) ?? replacement
    }

    /// The UTF-16 code unit of the four hexadecimal digits at `index`; nil where there are none.
    static func codeUnit(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16? {
        guard index + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for offset in 0..<4 {
            guard let digit = HexDigit.value(bytes[index + offset]) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
