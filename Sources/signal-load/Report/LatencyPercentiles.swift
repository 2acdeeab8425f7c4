/// Microseconds that a half, nine in ten and so on of the messages did not exceed.
struct LatencyPercentiles: Sendable, Codable, Equatable {
    let p50: Double
    let p90: Double
    let p99: Double
    let p999: Double
    let max: Double

    init(p50: Double, p90: Double, p99: Double, p999: Double, max: Double) {
        (self.p50, self.p90, self.p99, self.p999, self.max) = (p50, p90, p99, p999, max)
    }

    /// Nil when one of them is.
    init?(_ percentile: (KeyPath<LatencyPercentiles, Double>) -> Double?) {
        guard let p50 = percentile(\.p50), let p90 = percentile(\.p90), let p99 = percentile(\.p99),
            let p999 = percentile(\.p999), let max = percentile(\.max)
        else { return nil }
        self.init(p50: p50, p90: p90, p99: p99, p999: p999, max: max)
    }

    /// Nil for an empty histogram.
    init?(nanoseconds histogram: Histogram) {
        guard histogram.count > 0 else { return nil }
        func micros(_ fraction: Double) -> Double { Double(histogram.percentile(fraction) ?? 0) / 1_000 }
        self.init(
            p50: micros(0.5), p90: micros(0.9), p99: micros(0.99), p999: micros(0.999),
            max: Double(histogram.max) / 1_000)
    }
}
