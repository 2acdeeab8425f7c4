import Foundation

/// The outcome of `signal-load bench`, for people and for programs.
struct BenchReport: Sendable, Codable {
    let machine: Machine
    /// The name of what was measured.
    var server = Server.node.id
    /// Measured time per phase.
    var seconds = 0.0
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
            ("", .left), ("figure", .left), ("measured", .right), ("deliveries/s", .right), ("p50 µs", .right),
            ("p99 µs", .right), ("max µs", .right), ("lost", .right), ("dup", .right), ("order", .right),
        ])
        for result in workloads {
            for (row, figure) in Figure.all.filter({ $0.workload == result.workload }).enumerated() {
                let title = [row == 0 ? result.workload.rawValue : "", figure.title, figure.text(figure.value(result))]
                table.append(row == 0 ? title + details(of: result) : title)
            }
        }
        let problems = workloads.flatMap { result in result.problems.map { "\(result.workload.rawValue): \($0)" } }
        return (["\(machine)", "", table.render()] + (problems.isEmpty ? [] : [""] + problems))
            .joined(separator: "\n")
    }

    private func details(of result: WorkloadResult) -> [String] {
        let latency = result.latencyMicros
        return [
            Figure.number(result.deliveriesPerSecond, digits: 0), Figure.number(latency?.p50, digits: 0),
            Figure.number(latency?.p99, digits: 0), Figure.number(latency?.max, digits: 0), "\(result.lost)",
            "\(result.duplicates)", "\(result.outOfOrder)",
        ]
    }
}
