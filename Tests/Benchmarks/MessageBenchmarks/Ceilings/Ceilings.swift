import Foundation

/// What each piece may cost: the committed file `Tests/Benchmarks/ceilings.json`.
public struct Ceilings: Equatable, Sendable {
    private struct Line: Codable {
        var name: String
        var allocationsPerMessage: Double
        var cpuRatio: Double
    }

    public private(set) var names: [String]
    private var values: [String: Measurement]

    public init(_ values: [(name: String, ceiling: Measurement)]) {
        names = values.map(\.name)
        self.values = Dictionary(values.map { ($0.name, $0.ceiling) }) { _, last in last }
    }

    /// - Throws: what the decoder says of a file that is none.
    public init(json: String) throws {
        let lines = try JSONDecoder().decode([Line].self, from: Data(json.utf8))
        self.init(
            lines.map { ($0.name, Measurement(allocations: $0.allocationsPerMessage, cpu: $0.cpuRatio)) })
    }

    public subscript(name: String) -> Measurement? { values[name] }

    /// The file: one line per piece, so that a change of one is a change of one line.
    public var json: String {
        let lines = names.compactMap { name in
            values[name].map { ceiling in
                """
                  {"name": "\(name)", "allocationsPerMessage": \(Self.number(ceiling.allocations)), \
                "cpuRatio": \(Self.number(ceiling.cpu))}
                """
            }
        }
        return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }

    /// Puts what was measured in place of what was allowed.
    public mutating func update(_ name: String, to ceiling: Measurement) {
        if values[name] == nil { names.append(name) }
        values[name] = ceiling
    }

    /// A whole number without a point.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
