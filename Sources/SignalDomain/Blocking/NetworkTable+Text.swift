/// The common text form of routing tables (as of pyasn): `192.0.2.0/24<TAB>64496`, `;` or `#` before a comment.
extension NetworkTable {
    /// Reads a table of any size line by line.
    ///
    /// - Throws: the first line that is no row.
    public init(parsing bytes: [UInt8]) throws(NetworkTableError) {
        var rows: [Row] = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let content = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "#") }
            let words = content.split {
                $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r")
            }
            if words.isEmpty { continue }
            guard words.count == 2, let prefix = CIDR(String(decoding: words[0], as: UTF8.self)),
                let network = Self.number(words[1])
            else { throw NetworkTableError(line: number) }
            rows.append(Row(prefix, network))
        }
        self.init(rows)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        UInt32(String(decoding: digits, as: UTF8.self))
    }
}

/// A line of a table that is no row.
public struct NetworkTableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int

    public var description: String { "line \(line) is not a range, a tab and the number of a network." }
}
