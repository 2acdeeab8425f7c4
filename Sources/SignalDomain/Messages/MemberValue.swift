/// Where the value of a member stands in its message, and of which kind it is.
public struct MemberValue: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case string
        case number
        case array
        case object
        /// `true`, `false` or `null`.
        case other
    }

    public let kind: Kind
    /// The bytes of the value as written, with quotes or brackets.
    public let range: Range<Int>

    public init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }

    /// The unescaped text of a string; nil for other kinds.
    public func string(in bytes: UnsafeRawBufferPointer) -> String? {
        guard kind == .string, range.count >= 2, range.upperBound <= bytes.count else { return nil }
        let inside = range.lowerBound + 1..<range.upperBound - 1
        return JSONText.unescape(UnsafeRawBufferPointer(rebasing: bytes[inside]))
    }

    /// The value of a number written as a plain integer that fits 64 bits; nil for every other spelling.
    public func integer(in bytes: UnsafeRawBufferPointer) -> Int64? {
        guard kind == .number, range.upperBound <= bytes.count else { return nil }
        return Int64(String(decoding: bytes[range], as: UTF8.self))
    }

    /// The value of `true` or `false`; nil for everything else.
    public func boolean(in bytes: UnsafeRawBufferPointer) -> Bool? {
        guard kind == .other, range.upperBound <= bytes.count else { return nil }
        if bytes[range].elementsEqual("true".utf8) { return true }
        return bytes[range].elementsEqual("false".utf8) ? false : nil
    }

    /// The strings of an array, at most `limit`; nil for other kinds, for another element and for more elements.
    public func strings(in bytes: UnsafeRawBufferPointer, limit: Int) -> [String]? {
        guard kind == .array, range.upperBound <= bytes.count,
            var cursor = JSONCursor(UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]), limits: ScanLimits())
        else { return nil }
        var strings: [String] = []
        cursor.index = range.lowerBound + 1
        cursor.skipWhitespace()
        if cursor.peek == UInt8(ascii: "]") { return strings }
        while true {
            let start = cursor.index
            guard cursor.peek == UInt8(ascii: "\""), strings.count < limit, (try? cursor.skipString()) != nil,
                let text = MemberValue(kind: .string, range: start..<cursor.index).string(in: bytes)
            else { return nil }
            strings.append(text)
            cursor.skipWhitespace()
            guard cursor.peek == UInt8(ascii: ",") else { return cursor.peek == UInt8(ascii: "]") ? strings : nil }
            cursor.index += 1
            cursor.skipWhitespace()
        }
    }
}
