/// The verdict on one unit of work.
public enum Admission: Hashable, Sendable {
    case admitted
    /// Over the limit; the next unit is admitted after this time.
    case refused(retryAfterMs: Int64)
}

/// A counter that begins with the first event and starts anew with the first event after its window has passed.
public struct FixedWindow: Hashable, Sendable {
    private var startedMs: Int64
    private(set) var count = 0

    /// Opens at `nowMs`, milliseconds of any clock that never goes back.
    public init(startedMs: Int64) {
        self.startedMs = startedMs
    }

    /// Counts one event; over `limit` it is refused and not counted.
    ///
    /// - Parameters:
    ///   - cost: events that it counts as; one that alone is over the limit counts as the limit.
    ///   - elsewhere: what other nodes counted for the same key.
    public mutating func admit(
        _ cost: Int = 1, limit: Int, windowMs: Int64, elsewhere: Int = 0, nowMs: Int64
    ) -> Admission {
        if isOver(windowMs: windowMs, nowMs: nowMs) {
            startedMs = nowMs
            count = 0
        }
        let price = min(max(cost, 0), limit)
        guard limit > 0, count <= limit - min(max(elsewhere, 0), limit) - price else {
            return .refused(retryAfterMs: max(1, windowMs - (nowMs - startedMs)))
        }
        count += price
        return .admitted
    }

    public func isOver(windowMs: Int64, nowMs: Int64) -> Bool { nowMs - startedMs >= windowMs }
}
