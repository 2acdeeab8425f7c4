/// A budget that refills steadily: a burst up to its size, and a rate for ever.
public struct TokenBucket: Hashable, Sendable {
    /// What sums of fractions may be off by.
    private static let rounding = 0.000_001

    private var tokens: Double
    private var filledMs: Int64

    /// A full bucket.
    ///
    /// - Parameter nowMs: milliseconds of any clock that never goes back.
    public init(size: Int, nowMs: Int64) {
        tokens = Double(size)
        filledMs = nowMs
    }

    /// Takes `cost`, or says how long the bucket needs to hold it.
    ///
    /// - Parameters:
    ///   - cost: what is more than the bucket holds costs a full bucket.
    ///   - size: tokens of a full bucket.
    ///   - refillMs: milliseconds in which an empty bucket fills.
    ///   - elsewhere: tokens that are missing because others took them.
    public mutating func take(
        _ cost: Int = 1, size: Int, refillMs: Int64, elsewhere: Int = 0, nowMs: Int64
    ) -> Admission {
        fill(size: size, refillMs: refillMs, nowMs: nowMs)
        let missing = Double(min(max(elsewhere, 0), size))
        let price = Double(min(max(cost, 0), size))
        guard tokens - missing < price - Self.rounding else {
            tokens -= price
            return .admitted
        }
        let wait = (price + missing - tokens - Self.rounding) * Double(max(refillMs, 1)) / Double(max(size, 1))
        return .refused(retryAfterMs: min(max(1, Int64(wait.rounded(.up))), max(1, refillMs)))
    }

    /// Tokens that were taken and have not come back.
    public func used(size: Int, refillMs: Int64, nowMs: Int64) -> Int {
        var bucket = self
        bucket.fill(size: size, refillMs: refillMs, nowMs: nowMs)
        return max(0, Int((Double(size) - bucket.tokens - Self.rounding).rounded(.up)))
    }

    private mutating func fill(size: Int, refillMs: Int64, nowMs: Int64) {
        let passed = Double(max(0, nowMs - filledMs))
        tokens = min(Double(size), tokens + passed * Double(size) / Double(max(refillMs, 1)))
        filledMs = max(filledMs, nowMs)
    }
}
