/// Lets the same line through at most `perSecond` times in a second and remembers how many it held back.
///
/// A pure value: the caller brings the time. Memory is bounded by `maxKeys`, and everything is forgotten each second.
struct RepeatLimiter {
    /// What makes two lines the same: where they come from and what they say, not their fields.
    struct Key: Hashable {
        let level: String
        let message: String
        let source: String
    }

    /// A line that was held back `count` times.
    struct Suppressed: Equatable {
        let key: Key
        let count: Int
    }

    /// Lines of one key per second; 0 means no limit.
    let perSecond: Int
    /// Different keys that are counted in one second; more pass uncounted.
    static let maxKeys = 1_024

    private var second: Int64 = 0
    private var counts: [Key: Int] = [:]

    init(perSecond: Int) { self.perSecond = perSecond }

    /// Whether a line may be written now, and what to report about the seconds before.
    mutating func admit(_ key: Key, nowMs: Int64) -> (isAdmitted: Bool, before: [Suppressed]) {
        guard perSecond > 0 else { return (true, []) }
        var before: [Suppressed] = []
        if nowMs / 1_000 != second {
            before = drain()
            second = nowMs / 1_000
        }
        guard let count = counts[key] else {
            if counts.count < Self.maxKeys { counts[key] = 1 }
            return (true, before)
        }
        counts[key] = count &+ 1
        return (count < perSecond, before)
    }

    /// Forgets everything and returns what was held back.
    mutating func drain() -> [Suppressed] {
        let held = counts.filter { $0.value > perSecond }
            .map { Suppressed(key: $0.key, count: $0.value - perSecond) }
            .sorted { $0.key.message < $1.key.message }
        counts.removeAll(keepingCapacity: true)
        return held
    }
}
