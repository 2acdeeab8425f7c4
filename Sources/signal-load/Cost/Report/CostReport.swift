import Foundation

/// The outcome of `signal-load cost`, for people and for programs.
struct CostReport: Sendable, Encodable {
    let machine: Machine
    let redisVersion: String
    let rows: [CostRow]
    let growth: [GrowthRow]

    /// Whether nothing costs more than its formula.
    var holds: Bool { rows.allSatisfy(\.holds) && growth.allSatisfy(\.holds) }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    func text() -> String {
        var parts = ["\(machine), Redis \(redisVersion)", rowTable()]
        if !remarks.isEmpty { parts.append(remarks.joined(separator: "\n")) }
        if !growth.isEmpty { parts.append(growthTable()) }
        parts.append(holds ? "Nothing costs more than its formula." : "Something costs more than its formula: see ✘.")
        return parts.joined(separator: "\n\n")
    }

    /// Why some formulas are more than the cost model says; each once.
    private var remarks: [String] {
        var known: Set<String> = []
        return rows.compactMap { row in
            guard let beyond = row.formula.beyond, known.insert(beyond).inserted else { return nil }
            return "* \(row.formula.text): \(beyond)"
        }
    }

    private func rowTable() -> String {
        var table = TextTable([
            ("per event", .left), ("formula", .left), ("commands", .right), ("", .left), ("calls in scripts", .right),
            ("CPU µs", .right), ("bytes in", .right), ("bytes out", .right), ("events", .right),
        ])
        for row in rows {
            table.append([
                row.title, row.formula.text + (row.formula.beyond == nil ? "" : " *"),
                Figure.number(row.commands, digits: 2), row.holds ? "" : "✘",
                Figure.number(row.callsInScripts, digits: 1),
                Figure.number(row.cpuMicros, digits: 0), Figure.number(row.bytesIn, digits: 0),
                Figure.number(row.bytesOut, digits: 0), "\(row.events)",
            ])
        }
        return table.render()
    }

    private func growthTable() -> String {
        let sizes = growth.first?.sizes ?? []
        var table = TextTable(
            [("must stay flat", .left)] + sizes.map { ("\($0) nodes", .right) } + [
                ("growth", .right), ("may be", .right),
            ])
        for row in growth {
            table.append(
                [row.title] + row.values.map { Figure.number($0, digits: 1) }
                    + ["× \(Figure.number(row.growth, digits: 2))\(row.holds ? "" : " ✘")", "× \(row.bound)"])
        }
        return table.render()
    }
}
