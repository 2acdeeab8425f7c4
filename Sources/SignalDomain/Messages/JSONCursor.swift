/// A place in raw JSON text that moves forward over one token or value at a time and checks RFC 8259 on the way.
///
/// It never reads outside the text it was made for; every step either moves forward or throws, and no step calls
/// itself, so neither time nor stack depends on how the text nests.
struct JSONCursor {
    var index = 0
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let limits: ScanLimits

    /// A cursor at the first byte; nil for empty text.
    init?(_ bytes: UnsafeRawBufferPointer, limits: ScanLimits) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return nil }
        self.base = base.assumingMemoryBound(to: UInt8.self)
        self.count = bytes.count
        self.limits = limits
    }

    var isAtEnd: Bool { index >= count }

    /// The byte here, or 0 at the end: NUL is no JSON token, so a reader that expects one fails in the same way.
    @inline(__always)
    var peek: UInt8 { index < count ? base[index] : 0 }

    /// The bytes of a range this cursor has passed.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while index < count {
            switch base[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
            default: return
            }
        }
    }

    /// Passes a member name, its colon and the whitespace before the value.
    ///
    /// - Returns: the bytes of the name between its quotes, and whether they hold an escape.
    @inline(__always)
    mutating func skipName() throws(ScanError) -> (range: Range<Int>, isEscaped: Bool) {
        guard peek == UInt8(ascii: "\"") else { throw .notJSON }
        let start = index &+ 1
        let isEscaped = try skipString()
        let range = start..<index &- 1
        guard range.count <= limits.maxKeyBytes else { throw .keyTooLong }
        skipWhitespace()
        guard peek == UInt8(ascii: ":") else { throw .notJSON }
        index &+= 1
        skipWhitespace()
        return (range, isEscaped)
    }

    /// Passes one value of any kind that starts here, inside a container at depth one.
    @inline(__always)
    mutating func skipValue() throws(ScanError) -> MemberValue.Kind {
        switch peek {
        case UInt8(ascii: "\""):
            _ = try skipString()
            return .string
        case UInt8(ascii: "{"):
            try skipContainer()
            return .object
        case UInt8(ascii: "["):
            try skipContainer()
            return .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try skipNumber()
            return .number
        default:
            try skipLiteral()
            return .other
        }
    }

    /// Passes a string with both quotes; true when it holds an escape.
    mutating func skipString() throws(ScanError) -> Bool {
        var at = index &+ 1
        var isEscaped = false
        while true {
            at = plainEnd(from: at)
            guard at < count else { throw .notJSON }
            switch base[at] {
            case UInt8(ascii: "\""):
                index = at &+ 1
                return isEscaped
            case UInt8(ascii: "\\"):
                isEscaped = true
                at = try escapeEnd(from: at)
            default: throw .notJSON
            }
        }
    }

    /// The first quote, backslash or control byte at or after `start`, eight bytes at a time.
    ///
    /// A carry can only set marks above a true one, so the lowest mark is always right.
    @inline(__always)
    private func plainEnd(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at &+ 8 <= count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let isQuote = (quote &- ones) & ~quote
            let isBackslash = (backslash &- ones) & ~backslash
            let isControl = (word &- (ones &* 0x20)) & ~word
            let marks = (isQuote | isBackslash | isControl) & highs
            if marks != 0 { return at &+ marks.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < count {
            let byte = base[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return at }
            at &+= 1
        }
        return at
    }

    /// The end of the escape whose backslash stands at `start`; surrogates need not come in pairs.
    @inline(__always)
    private func escapeEnd(from start: Int) throws(ScanError) -> Int {
        guard start &+ 1 < count else { throw .notJSON }
        switch base[start &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start &+ 2
        case UInt8(ascii: "u"):
            guard start &+ 6 <= count else { throw .notJSON }
            for digit in 2..<6 where HexDigit.value(base[start &+ digit]) == nil { throw .notJSON }
            return start &+ 6
        default: throw .notJSON
        }
    }

    private mutating func skipNumber() throws(ScanError) {
        if peek == UInt8(ascii: "-") { index &+= 1 }
        if peek == UInt8(ascii: "0") { index &+= 1 } else { try skipDigits() }
        if peek == UInt8(ascii: ".") {
            index &+= 1
            try skipDigits()
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index &+= 1 }
            try skipDigits()
        }
    }

    /// Passes one digit or more.
    private mutating func skipDigits() throws(ScanError) {
        let start = index
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= peek { index &+= 1 }
        guard index > start else { throw .notJSON }
    }

    private mutating func skipLiteral() throws(ScanError) {
        let word: StaticString =
            switch peek {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            case UInt8(ascii: "n"): "null"
            default: throw .notJSON
            }
        let end = index &+ word.utf8CodeUnitCount
        guard end <= count, bytes(index..<end).isEqual(to: word) else { throw .notJSON }
        index = end
    }

    /// Passes the object or array that starts here, with everything inside it.
    private mutating func skipContainer() throws(ScanError) {
        let room = min(limits.maxDepth, ScanLimits.greatestDepth) - 1
        let outcome: Result<JSONCursor, ScanError> = withUnsafeTemporaryAllocation(
            of: Int32.self, capacity: ScanLimits.greatestDepth
        ) { stack in
            var inner = self
            do throws(ScanError) {
                try inner.skipNested(NestingStack(slots: stack, room: room))
                return .success(inner)
            } catch {
                return .failure(error)
            }
        }
        index = try outcome.get().index
    }

    private mutating func skipNested(_ nesting: NestingStack) throws(ScanError) {
        var open = nesting
        while true {
            // At the first byte of a value.
            switch peek {
            case UInt8(ascii: "{"):
                index &+= 1
                try open.pushObject()
                skipWhitespace()
                if peek != UInt8(ascii: "}") {
                    try open.countName(limit: limits.maxKeys)
                    _ = try skipName()
                    continue
                }
            case UInt8(ascii: "["):
                index &+= 1
                try open.pushArray()
                skipWhitespace()
                if peek != UInt8(ascii: "]") { continue }
            case UInt8(ascii: "\""): _ = try skipString()
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
            default: try skipLiteral()
            }
            // After a value, or at the end of an empty container: close what ends here, then step over the comma.
            skipWhitespace()
            while peek == (open.isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                index &+= 1
                open.pop()
                if open.isEmpty { return }
                skipWhitespace()
            }
            guard peek == UInt8(ascii: ",") else { throw .notJSON }
            index &+= 1
            skipWhitespace()
            if open.isInObject {
                try open.countName(limit: limits.maxKeys)
                _ = try skipName()
            }
        }
    }
}
