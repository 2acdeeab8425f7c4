/// Decides whether bytes are well-formed UTF-8 (RFC 3629): eight ASCII bytes at a time, else one character at a time.
enum UTF8Check {
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            while index &+ 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
            }
            guard index < bytes.count else { return true }
            let length = characterLength(at: index, in: bytes)
            guard length > 0 else { return false }
            index &+= length
        }
        return true
    }

    /// Bytes of the character at `index`, or 0 when there is none: overlong, surrogate, beyond U+10FFFF or cut off.
    @inline(__always)
    private static func characterLength(at index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        let first = bytes[index]
        let length: Int
        let second: ClosedRange<UInt8>
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard index &+ length <= bytes.count, second.contains(bytes[index &+ 1]) else { return 0 }
        for offset in 2..<max(2, length) where bytes[index &+ offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
