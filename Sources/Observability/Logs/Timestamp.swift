#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Moments as milliseconds since the epoch, and their text.
enum Timestamp {
    /// The wall clock.
    static func nowMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-01-31T09:05:07.004Z` (RFC 3339 in UTC), by the civil calendar from days since 0000-03-01.
    static func text(_ epochMs: Int64) -> String {
        let day: Int64 = 86_400_000
        var days = epochMs / day
        var ms = epochMs % day
        if ms < 0 {
            ms += day
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date =
            padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2)
        let clock = [ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(ms % 1_000, 3))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
