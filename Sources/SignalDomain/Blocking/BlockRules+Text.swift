/// Block rules as an operator writes them, one per line:
///
///     # comment
///     ip 192.0.2.7
///     cidr 2001:db8::/32 until=2027-01-31T00:00:00Z
///     asn:64496
///
/// An end is a date and time in UTC, or seconds since 1970.
extension BlockRules {
    /// - Throws: the first line that is none of these.
    public init(parsing text: some StringProtocol) throws(BlockRulesError) {
        self.init()
        var number = 0
        // CR and LF together are one character, which is neither of them.
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            number += 1
            let content = line.prefix { $0 != "#" }
            let words = content.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first else { continue }
            guard add(first, Array(words.dropFirst())) else { throw BlockRulesError(line: number) }
        }
    }

    private mutating func add(_ kind: some StringProtocol, _ words: [some StringProtocol]) -> Bool {
        if kind.hasPrefix("asn:") {
            guard let network = UInt32(kind.dropFirst(4)), network > 0, let end = Self.end(words[...]) else {
                return false
            }
            block(network: network, until: end)
            return true
        }
        guard kind == "ip" || kind == "cidr", let range = words.first.flatMap({ CIDR($0) }),
            kind == "cidr" || words.first?.contains(where: { $0 == "/" }) == false, let end = Self.end(words[1...])
        else { return false }
        block(range, until: end)
        return true
    }

    /// The end of a rule, `.some(nil)` for one without; nil for text that is none.
    private static func end(_ words: ArraySlice<some StringProtocol>) -> Timestamp?? {
        guard let word = words.first else { return .some(nil) }
        guard words.count == 1, word.hasPrefix("until=") else { return nil }
        let text = String(word.dropFirst(6))
        if let seconds = UInt32(text) { return .some(Timestamp(milliseconds: Int64(seconds) * 1_000)) }
        guard let moment = Timestamp(utc: text) else { return nil }
        return .some(moment)
    }
}

/// A line of a rules file that is no rule.
public struct BlockRulesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int

    public var description: String {
        "line \(line) is not \"ip ADDRESS\", \"cidr RANGE\" or \"asn:NUMBER\", each with an optional "
            + "\"until=2027-01-31T00:00:00Z\"."
    }
}

extension Timestamp {
    /// Reads `2027-01-31T12:30:00Z`, with or without seconds and their fraction; years 1970 to 9999.
    init?(utc text: String) {
        let bytes = Array(text.utf8)
        guard bytes.last == UInt8(ascii: "Z"), bytes.count <= 32 else { return nil }
        let fields = bytes.dropLast().split { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let marks = bytes.filter { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard ["--T:Z", "--T::Z", "--T::.Z"].contains(String(decoding: marks, as: UTF8.self)),
            fields.count == marks.count, fields.allSatisfy({ $0.count <= 4 })
        else { return nil }
        let values = fields.map { $0.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } }
        let (year, month, day) = (values[0], values[1], values[2])
        let second = values.count > 5 ? values[5] : 0
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1970...9999).contains(year), (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day),
            values[3] < 24, values[4] < 60, second < 60
        else { return nil }
        let before = year - 1
        let leaps = before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
        let days = (year - 1970) * 365 + leaps + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1
        self.init(milliseconds: ((days * 24 + values[3]) * 60 + values[4]) * 60_000 + second * 1_000)
    }
}
