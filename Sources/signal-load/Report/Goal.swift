import Foundation

/// One figure of a workload, what it should be, and what other servers needed.
///
/// The published figures come from one other machine with two shared cores: they inform, only ratios measured in one
/// run compare.
struct Goal: Sendable {
    let workload: Workload
    let figure: String
    let goal: String
    /// Old Node server / Node + Redis / nchan / nextcloud-spreed / uWebSockets relay.
    let published: String
    let measured: @Sendable (WorkloadResult) -> String

    static let publishedColumns = "old / Node+Redis / nchan / spreed / uWS"

    static let all: [Goal] = [
        Goal(
            workload: .pairs, figure: "rooms of 2, 180 B: CPU µs/delivery", goal: "≤ old ÷ 3, aim ≤ 1.0 × uWS",
            published: "48.8 / 107.9 / 19.7 / 153 / 12.8"
        ) { number($0.cpuMicrosPerDelivery) },
        Goal(
            workload: .largePairs, figure: "rooms of 2, 2.5 KB: CPU µs/delivery", goal: "≤ old ÷ 4, aim ≤ 1.3 × uWS",
            published: "75 / 239 / 30.5 / – / 13.0"
        ) { number($0.cpuMicrosPerDelivery) },
        Goal(
            workload: .fanOut, figure: "rooms of 50, 180 B: CPU µs/delivery", goal: "≤ old ÷ 5 (≤ 3), aim ≤ 2 × uWS",
            published: "15.6 / 14.7 / 7.7 / – / 1.0"
        ) { number($0.cpuMicrosPerDelivery) },
        Goal(
            workload: .idle, figure: "RSS bytes/idle connection", goal: "≤ 6,500, aim ≤ 4,000",
            published: "7,000 / 5,100 / 10,900 / 52,000 / 700"
        ) { number($0.rssBytesPerConnection, digits: 0) },
        Goal(
            workload: .churn, figure: "connect + join + leave: CPU µs", goal: "≤ 150",
            published: "590 / 788 / 149 / > 6,000 / 77"
        ) { number($0.cpuMicrosPerJoin, digits: 0) },
        Goal(
            workload: .cluster, figure: "two nodes: CPU µs/delivery (Redis)", goal: "≤ 50, aim ≤ 35 (≤ 8)",
            published: "– / 112 (16) / 69 (20) / 252 / –"
        ) { "\(number($0.cpuMicrosPerDelivery)) (\(number($0.redisCpuMicrosPerDelivery)))" },
        Goal(
            workload: .cluster, figure: "two nodes, fixed rate: p50 / p99 µs", goal: "≤ 2 / 5 × Redis floor (99 / 199)",
            published: "– / 285, 7,700 / 306, 7,900 / 323, 15,000 / –"
        ) { "\(number($0.latencyMicros?.p50, digits: 0)) / \(number($0.latencyMicros?.p99, digits: 0))" },
        Goal(
            workload: .cluster, figure: "Redis bytes/signal, 180 B / 2.5 KB", goal: "≤ 750 / ≤ 5,500",
            published: "– / 1,185, 8,304 / 1,031 / – / –"
        ) { "\(number($0.redisBytesPerSignal, digits: 0)) / \(number($0.redisBytesPerLargeSignal, digits: 0))" },
        Goal(
            workload: .cluster, figure: "Redis commands/signal", goal: "≤ 1", published: "–"
        ) { number($0.redisCommandsPerSignal, digits: 2) },
    ]

    /// A dash for what was not measured.
    static func number(_ value: Double?, digits: Int = 1) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }
}
