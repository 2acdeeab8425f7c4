/// The rows that a terminal and the page show: every figure of every server, the factor to this node, and the goals.
struct ComparisonTable: Sendable {
    let head: [String]
    private(set) var rows: [[String]] = []

    init(_ comparison: Comparison) {
        head = ["", "figure"] + comparison.servers.map(\.title) + ["goal"]
        var last: Workload?
        for figure in Figure.all {
            let values = comparison.servers.map { comparison.value(of: figure, for: $0) }
            guard values.contains(where: { $0 != nil }) else { continue }
            let own = comparison.value(of: figure, for: .node)
            let cells = zip(comparison.servers, values).map { server, value in
                server == .node ? figure.text(value) : ComparisonTable.cell(figure, value, own: own)
            }
            let workload = figure.workload == last ? "" : figure.workload.rawValue
            rows.append([workload, figure.title] + cells + [ComparisonTable.goals(figure, comparison)])
            last = figure.workload
        }
    }

    func text() -> String {
        var table = TextTable(
            head.enumerated().map { index, title in
                (title.replacing("`", with: ""), index < 2 || index == head.count - 1 ? .left : .right)
            })
        for row in rows { table.append(row) }
        return table.render()
    }

    func markdown() -> String {
        let alignments = head.indices.map { $0 < 2 || $0 == head.count - 1 ? "---" : "--:" }
        return ([head, alignments] + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private static func cell(_ figure: Figure, _ value: Double?, own: Double?) -> String {
        guard let value, let own, own > 0 else { return figure.text(value) }
        return "\(figure.text(value)) (\(Figure.number(value / own)) ×)"
    }

    private static func goals(_ figure: Figure, _ comparison: Comparison) -> String {
        let goals = [("", figure.goal), ("aim ", figure.aim)].compactMap { name, goal -> String? in
            guard let goal else { return nil }
            let verdict = comparison.isMet(goal, of: figure).map { $0 ? "met" : "not met" } ?? "not measured"
            return "\(name)\(goal.text(digits: figure.digits)): \(verdict)"
        }
        return goals.joined(separator: "; ")
    }
}
