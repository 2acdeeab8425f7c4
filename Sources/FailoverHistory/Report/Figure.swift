/// Numbers as people read them.
enum Figure {
    static func whole(_ value: Double) -> String { grouped(Int(value.rounded())) }

    /// Thousands apart.
    static func grouped(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    static func decimal(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let rest = String(scaled.magnitude % UInt(scale))
        return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt(scale))."
            + String(repeating: "0", count: digits - rest.count) + rest
    }

    /// A share of one in percent, with two digits that count.
    static func share(_ value: Double) -> String {
        let percent = value * 100
        if percent >= 10 || percent == 0 { return "\(decimal(percent, digits: 0)) %" }
        return "\(decimal(percent, digits: percent >= 1 ? 1 : percent >= 0.1 ? 2 : percent >= 0.01 ? 3 : 4)) %"
    }

    static func value(_ value: Double, _ unit: Goal.Unit) -> String {
        switch unit {
        case .count: whole(value)
        case .milliseconds: "\(whole(value)) ms"
        }
    }

    static func durations(_ durations: Quantiles?, withMax: Bool) -> String {
        guard let durations else { return "–" }
        let figures = [durations.p50, durations.p99] + (withMax ? [durations.max] : [])
        return figures.map(whole).joined(separator: "/")
    }

    /// Milliseconds as seconds.
    static func seconds(_ milliseconds: Double) -> String { "\(decimal(milliseconds / 1000, digits: 2)) s" }

    /// Microseconds from the start as `m:ss`.
    static func clock(_ micros: Int64) -> String {
        let seconds = Int(micros / 1_000_000)
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }
}
