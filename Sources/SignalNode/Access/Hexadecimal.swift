extension [UInt8] {
    /// Reads pairs of hexadecimal digits.
    init?(hexadecimal text: String) {
        let digits = text.utf8.map { UInt8(hexDigit: $0) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            append(high << 4 | low)
        }
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits per byte.
    var hexadecimal: String {
        reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}

extension UInt8 {
    fileprivate init?(hexDigit digit: UInt8) {
        switch digit {
        case 0x30...0x39: self = digit - 0x30
        case 0x41...0x46: self = digit - 0x37
        case 0x61...0x66: self = digit - 0x57
        default: return nil
        }
    }
}
