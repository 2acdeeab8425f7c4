import Foundation

/// The results of several servers, each measured several times in one run on one machine.
struct Comparison: Sendable {
    let machine: Machine
    /// Seconds of one measurement.
    let seconds: Double
    /// The most measurements that a workload has.
    let runs: Int
    /// Those that were measured, in the order of their columns.
    let servers: [Server]
    /// Sentences; empty when everything arrived once and in order, everywhere.
    let problems: [String]
    private let results: [Server: [Workload: [WorkloadResult]]]

    /// - Parameter reports: of one machine; nil when there are none.
    init?(_ reports: [BenchReport]) {
        guard let first = reports.first else { return nil }
        (machine, seconds) = (first.machine, first.seconds)
        var results: [Server: [Workload: [WorkloadResult]]] = [:]
        var problems: [String] = []
        for report in reports {
            let server = Server.named(report.server)
            for result in report.workloads {
                results[server, default: [:]][result.workload, default: []].append(result)
                if !result.isClean { problems.append("\(server.title), \(result.workload.rawValue): \(result.faults)") }
            }
        }
        let others = results.keys.filter { !Server.all.contains($0) }.sorted { $0.id < $1.id }
        servers = Server.all.filter { results[$0] != nil } + others
        runs = results.values.flatMap(\.values).map(\.count).max() ?? 0
        (self.results, self.problems) = (results, problems)
    }

    /// The median over the runs; nil where it was not measured.
    func value(of figure: Figure, for server: Server) -> Double? {
        median(figure.workload, server, figure.value)
    }

    func median(
        _ workload: Workload, _ server: Server, _ value: (WorkloadResult) -> Double?
    ) -> Double? {
        let values = (results[server]?[workload] ?? []).compactMap(value).sorted()
        return values.isEmpty ? nil : values[(values.count - 1) / 2]
    }

    /// Whether this node meets the goal, with the digits that the table shows; nil when that cannot be said.
    func isMet(_ goal: Goal, of figure: Figure) -> Bool? {
        guard let value = value(of: figure, for: .node), let limit = goal.limit({ self.value(of: figure, for: $0) })
        else { return nil }
        let scale = pow(10, Double(figure.digits))
        return (value * scale).rounded() <= (limit * scale).rounded()
    }
}
