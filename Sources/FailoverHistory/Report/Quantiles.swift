/// Median, 99th percentile and greatest of some durations, in milliseconds.
public struct Quantiles: Sendable, Hashable, Codable {
    public let n: Int
    public let p50: Double
    public let p99: Double
    public let max: Double

    /// Nearest rank.
    ///
    /// - Parameter micros: in any order; `nil` when there are none.
    init?(micros: [Int64]) {
        let ranked = micros.sorted()
        guard let last = ranked.last else { return nil }
        func rank(_ share: Double) -> Double {
            let index = Int((share * Double(ranked.count)).rounded(.up)) - 1
            return Quantiles.milliseconds(ranked[Swift.max(0, Swift.min(index, ranked.count - 1))])
        }
        n = ranked.count
        p50 = rank(0.5)
        p99 = rank(0.99)
        max = Quantiles.milliseconds(last)
    }

    static func milliseconds(_ micros: Int64) -> Double { Double(micros) / 1000 }
}
