/// When each message of a fixed rate is due, whatever became of the earlier ones.
///
/// A late sender catches up and stamps the time that was due, so waiting counts as latency (no coordinated omission).
struct OpenLoopPace: Sendable {
    private let start: UInt64
    private let interval: Double
    private var count = 0

    /// - Parameters:
    ///   - start: monotonic nanoseconds of the first message.
    ///   - perSecond: more than 0.
    init(start: UInt64, perSecond: Double) {
        self.start = start
        interval = 1_000_000_000 / perSecond
    }

    /// When the next message is due.
    var nextDue: UInt64 { start + UInt64(Double(count) * interval) }

    /// The due time of the next message if it has come, which is then taken.
    mutating func take(by now: UInt64) -> UInt64? {
        let due = nextDue
        guard due <= now else { return nil }
        count += 1
        return due
    }
}
