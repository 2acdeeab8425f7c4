import SignalDomain

/// Columns of text, aligned for a terminal: a head in capitals, then one row per line.
struct TextTable: CustomStringConvertible {
    private var rows: [[String]]

    init(_ head: [String]) { rows = [head.map { $0.uppercased() }] }

    /// - Parameter row: as many cells as the head has.
    mutating func add(_ row: [String]) { rows.append(row.map(Self.printable)) }

    var description: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// What others chose as a name must not move the cursor of a terminal.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    }
}

extension Int64 {
    /// A time in milliseconds since 1970 as people read it, in UTC.
    var asTime: String { Timestamp(milliseconds: self).iso8601 }
}
