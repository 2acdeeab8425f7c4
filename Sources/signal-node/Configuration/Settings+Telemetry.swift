import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.telemetry`.
    static let telemetry: [Setting] = [
        Setting(
            "telemetryRegions", .telemetry, .list(\.telemetry.regions), default: "any",
            "The only regions of clients that metrics show; others count as other."),
        Setting(
            "telemetryCarriers", .telemetry, .list(\.telemetry.carriers), default: "any",
            "The only carriers of clients that metrics show; others count as other."),
        Setting(
            "telemetryMinReports", .telemetry, .integer(\.telemetry.minReports, 1...1_000_000, .count),
            "Reports of a region and carrier together before metrics show them."),
        Setting(
            "telemetryMaxPairs", .telemetry, .integer(\.telemetry.maxPairs, 0...800, .count),
            "Pairs of region and carrier that metrics ever show."),
    ]
}
