import Foundation

/// One row of the tables: a number of one workload, and what it should be.
struct Figure: Sendable {
    let workload: Workload
    let title: String
    /// What must hold, then what would be better still.
    var goal: Goal?
    var aim: Goal?
    /// Digits behind the point.
    var digits = 1
    let value: @Sendable (WorkloadResult) -> Double?

    static let all: [Figure] = [
        Figure(
            workload: .pairs, title: "rooms of 2, 180 B: CPU µs/delivery",
            goal: .oldServer(timesNchan: 48.8 / 19.7, dividedBy: 3), aim: .share(1, of: .bareRelay),
            value: \.cpuMicrosPerDelivery),
        Figure(
            workload: .largePairs, title: "rooms of 2, 2.5 kB: CPU µs/delivery",
            goal: .oldServer(timesNchan: 75 / 30.5, dividedBy: 4), aim: .share(1.3, of: .bareRelay),
            value: \.cpuMicrosPerDelivery),
        Figure(
            workload: .fanOut, title: "rooms of 50, 180 B: CPU µs/delivery",
            goal: .oldServer(timesNchan: 15.6 / 7.7, dividedBy: 5), aim: .share(2, of: .bareRelay), digits: 2,
            value: \.cpuMicrosPerDelivery),
        Figure(
            workload: .idle, title: "resident bytes per idle socket", goal: .atMost(6_500), aim: .atMost(4_000),
            digits: 0, value: \.rssBytesPerConnection),
        Figure(
            workload: .churn, title: "connect, join and leave: CPU µs", goal: .atMost(150), digits: 0,
            value: \.cpuMicrosPerJoin),
        Figure(
            workload: .cluster, title: "two nodes: CPU µs/delivery, all processes", goal: .atMost(50), aim: .atMost(35),
            value: \.cpuMicrosPerDelivery),
        Figure(
            workload: .cluster, title: "of it Redis", aim: .atMost(8), value: \.redisCpuMicrosPerDelivery),
        Figure(
            workload: .cluster, title: "p50 at the fixed rate, µs", digits: 0, value: \.latencyMicros?.p50),
        Figure(
            workload: .cluster, title: "p50 ÷ that of Redis alone", goal: .atMost(2), value: { ratio($0, \.p50) }),
        Figure(
            workload: .cluster, title: "p99 at the fixed rate, µs", digits: 0, value: \.latencyMicros?.p99),
        Figure(
            workload: .cluster, title: "p99 ÷ that of Redis alone", goal: .atMost(5), value: { ratio($0, \.p99) }),
        Figure(
            workload: .cluster, title: "Redis bytes/signal, 180 B", goal: .atMost(750), digits: 0,
            value: \.redisBytesPerSignal),
        Figure(
            workload: .cluster, title: "Redis bytes/signal, 2.5 kB", goal: .atMost(5_500), digits: 0,
            value: \.redisBytesPerLargeSignal),
        Figure(
            workload: .cluster, title: "Redis commands/signal", goal: .atMost(1), digits: 2,
            value: \.redisCommandsPerSignal),
    ]

    /// A dash for what was not measured.
    func text(_ value: Double?) -> String { Figure.number(value, digits: digits) }

    static func number(_ value: Double?, digits: Int = 1) -> String {
        guard let value else { return "–" }
        let text = String(format: "%.\(digits)f", value)
        guard digits == 0, value >= 999.5 else { return text }
        let groups = stride(from: text.count, to: 0, by: -3).map { end in
            text.dropLast(text.count - end).suffix(3)
        }
        return groups.reversed().joined(separator: ",")
    }

    /// How many times what Redis alone took in the same run.
    private static func ratio(_ result: WorkloadResult, _ percentile: KeyPath<LatencyPercentiles, Double>) -> Double? {
        guard let latency = result.latencyMicros, let floor = result.redisFloorMicros, floor[keyPath: percentile] > 0
        else { return nil }
        return latency[keyPath: percentile] / floor[keyPath: percentile]
    }
}
