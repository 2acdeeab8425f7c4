import Foundation

/// The outcome of `signal-load bench`, for people and for programs.
struct BenchReport: Sendable, Encodable {
    let machine: Machine
    let workloads: [WorkloadResult]

    /// Status 0 is for runs in which everything arrived once and in order.
    var isClean: Bool { workloads.allSatisfy(\.isClean) }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    func text() -> String {
        var table = TextTable([
            ("", .left), ("figure", .left), ("measured", .right), ("goal", .left),
            ("published: \(Goal.publishedColumns)", .left), ("deliveries/s", .right), ("p50 µs", .right),
            ("p99 µs", .right), ("max µs", .right), ("lost", .right), ("dup", .right), ("order", .right),
        ])
        for result in workloads {
            for (row, goal) in Goal.all.filter({ $0.workload == result.workload }).enumerated() {
                let title = [result.workload.rawValue, goal.figure, goal.measured(result), goal.goal, goal.published]
                table.append(row == 0 ? title + details(of: result) : ["", title[1], title[2], title[3], title[4]])
            }
        }
        let problems = workloads.flatMap { result in result.problems.map { "\(result.workload.rawValue): \($0)" } }
        let heading = "\(machine.cores) cores, \(machine.cpu), \(machine.system)"
        return ([heading, "", table.render()] + (problems.isEmpty ? [] : [""] + problems)).joined(separator: "\n")
    }

    private func details(of result: WorkloadResult) -> [String] {
        let latency = result.latencyMicros
        return [
            Goal.number(result.deliveriesPerSecond, digits: 0), Goal.number(latency?.p50, digits: 0),
            Goal.number(latency?.p99, digits: 0), Goal.number(latency?.max, digits: 0), "\(result.lost)",
            "\(result.duplicates)", "\(result.outOfOrder)",
        ]
    }
}
