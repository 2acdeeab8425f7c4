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
    /// - Parameter elsewhere: what other nodes counted for the same key.
    public mutating func admit(limit: Int, windowMs: Int64, elsewhere: Int = 0, nowMs: Int64) -> Admission {
        if isOver(windowMs: windowMs, nowMs: nowMs) {
            startedMs = nowMs
            count = 0
        }
        guard count < limit - min(max(elsewhere, 0), limit) else {
            return .refused(retryAfterMs: max(1, windowMs - (nowMs - startedMs)))
        }
        count += 1
        return .admitted
    }

    public func isOver(windowMs: Int64, nowMs: Int64) -> Bool { nowMs - startedMs >= windowMs }
}
