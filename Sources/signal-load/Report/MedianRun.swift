extension WorkloadResult {
    /// The run with the median of the workload's main figure, with the faults of all runs.
    ///
    /// - Parameter runs: of one workload, at least one.
    static func median(of runs: [WorkloadResult]) -> WorkloadResult? {
        let ranked = runs.sorted { $0.mainFigure < $1.mainFigure }
        guard var median = ranked.isEmpty ? nil : ranked[(ranked.count - 1) / 2] else { return nil }
        median.lost = runs.reduce(0) { $0 + $1.lost }
        median.duplicates = runs.reduce(0) { $0 + $1.duplicates }
        median.outOfOrder = runs.reduce(0) { $0 + $1.outOfOrder }
        median.problems = runs.flatMap(\.problems)
        return median
    }

    /// What the workload is run for; a run without it ranks last.
    private var mainFigure: Double {
        cpuMicrosPerDelivery ?? rssBytesPerConnection ?? cpuMicrosPerJoin ?? latencyMicros?.p50 ?? .infinity
    }
}
