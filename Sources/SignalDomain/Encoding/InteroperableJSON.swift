/// JSON that strict parsers read as well as lenient ones (RFC 7493 §2.1 and §2.2).
///
/// What one peer says about itself stands inside messages that others need, such as `welcome`. A lone surrogate or a
/// number without a finite value would let one peer break those for every client whose parser refuses them.
enum InteroperableJSON {
    /// True when each string is proper Unicode and each number has a finite value.
    ///
    /// `bytes` is a value that a scan accepted; other text gets some answer.
    static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(bytes, from: index) else { return false }
                index = end
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let end = bytes[index...].firstIndex { !isNumberByte($0) } ?? bytes.count
                guard Double(String(decoding: bytes[index..<end], as: UTF8.self))?.isFinite == true else {
                    return false
                }
                index = end
            default: index += 1
            }
        }
        return true
    }

    /// The index behind the closing quote; nil when a surrogate stands alone or the string does not end.
    private static func endOfString(_ bytes: UnsafeRawBufferPointer, from quote: Int) -> Int? {
        var index = quote + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"):
                guard let next = endOfEscape(bytes, from: index) else { return nil }
                index = next
            default: index += 1
            }
        }
        return nil
    }

    /// The index behind the escape at `index`, behind both escapes of a surrogate pair.
    private static func endOfEscape(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard let first = escapedUnit(bytes, at: index) else { return index + 2 }
        switch first {
        case 0xD800...0xDBFF:
            guard let second = escapedUnit(bytes, at: index + 6), 0xDC00...0xDFFF ~= second else { return nil }
            return index + 12
        case 0xDC00...0xDFFF: return nil
        default: return index + 6
        }
    }

    /// The code unit of a `\uXXXX` at `index`; nil for anything else.
    private static func escapedUnit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt16? {
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return JSONText.codeUnit(in: bytes, at: index + 2)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
