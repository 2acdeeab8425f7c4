import NIOCore

/// The pauses between attempts: a random time up to a bound that doubles from failure to failure ("full jitter").
struct Backoff {
    let min: TimeAmount
    let max: TimeAmount
    private(set) var failures = 0

    init(min: TimeAmount, max: TimeAmount) {
        self.min = min
        self.max = max
    }

    /// The bound of the next pause.
    var bound: TimeAmount {
        var bound = min.nanoseconds
        for _ in 0..<failures where bound < max.nanoseconds {
            bound = bound.multipliedReportingOverflow(by: 2).overflow ? max.nanoseconds : bound * 2
        }
        return .nanoseconds(Swift.min(bound, max.nanoseconds))
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> TimeAmount {
        let bound = Swift.max(self.bound.nanoseconds, 0)
        if failures < Int64.bitWidth { failures += 1 }
        return .nanoseconds(Int64.random(in: 0...bound, using: &generator))
    }

    mutating func reset() {
        failures = 0
    }
}
