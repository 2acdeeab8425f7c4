import Foundation
import MessageBenchmarks

/// The rows as people read them.
enum Table {
    static let header =
        "\(cell("piece", 14)) \(right("allocations", 12)) \(right("ceiling", 8)) \(right("CPU ratio", 10)) "
        + "\(right("ceiling", 8))  verdict"

    static func line(_ row: Inspection.Row) -> String {
        let ceiling = row.ceiling
        return "\(cell(row.name, 14)) \(right(number(row.measured.allocations, 2), 12)) "
            + "\(right(ceiling.map { number($0.allocations, 2) } ?? "–", 8)) "
            + "\(right(number(row.measured.cpu, 3), 10)) "
            + "\(right(ceiling.map { number($0.cpu, 3) } ?? "–", 8))  \(row.verdict?.text ?? "NO CEILING")"
    }

    private static func number(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    private static func cell(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
