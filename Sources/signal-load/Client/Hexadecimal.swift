/// Fixed-width lower-case hexadecimal, without a string in between.
enum Hexadecimal {
    @inline(__always)
    static func digit(_ value: UInt64, _ index: Int, of count: Int) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * (count - 1 - index))) & 0xF
        return nibble < 10 ? nibble + 48 : nibble + 87
    }

    static func digits(of value: UInt64, count: Int) -> [UInt8] {
        (0..<count).map { digit(value, $0, of: count) }
    }

    /// At most 16 lower-case digits.
    @inline(__always)
    static func read(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes {
            switch byte {
            case 48...57: value = value << 4 | UInt64(byte - 48)
            case 97...102: value = value << 4 | UInt64(byte - 87)
            default: return nil
            }
        }
        return value
    }
}
