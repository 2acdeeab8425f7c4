import SignalDomain
import SignalTransport

/// Percent-encoding in the segments of a path and in a query.
///
/// Promises: no trap; any text that is escaped comes back as it was; a segment with a broken escape, or of bytes that are
/// not UTF-8, is refused; a query reads the same value as a segment wherever both take it.
struct PathFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "%", "%%", "%0", "%zz", "%00", "%2F", "%2f", "%C3", "%ed%a0%80", "+", "&", "=", "é",
    ])

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let text = String((0..<random.below(12)).map { _ in random.pick(Array("aZ09-_.~%+&=/?# é€🙂\u{0}\u{7F}")) })
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
            if isPlain, random.chance(80) {
                escaped.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: random.chance(50))
                escaped += Array(("%" + (digits.count < 2 ? "0" : "") + digits).utf8)
            }
        }
        let whole = String(decoding: escaped, as: UTF8.self)
        guard PathParameter.decode(whole) == text else { throw Finding("a segment comes back as it was", escaped) }
        guard QueryString("x=1&v=\(whole)&v=2")["v"] == text else {
            throw Finding("a value of a query comes back as it was", escaped)
        }
        Self.mutator.mutate(&escaped, &random)
        let input = String(decoding: escaped, as: UTF8.self)
        guard let value = PathParameter.decode(input) else { return false }
        if !Self.hasWholeEscapes(input) { throw Finding("a broken escape is refused", escaped) }
        if !input.utf8.contains(where: { "+&=".utf8.contains($0) }), QueryString("v=\(input)")["v"] != value {
            throw Finding("a query reads what a segment reads", escaped)
        }
        return true
    }

    private static func hasWholeEscapes(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return parts.dropFirst().allSatisfy { part in
            let digits = part.prefix(2)
            return digits.count == 2 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        }
    }
}
