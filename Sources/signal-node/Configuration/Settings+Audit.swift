import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.audit`.
    static let audit: [Setting] = [
        Setting(
            "auditLog", .audit, .optionalText(\.audit.log), default: "no audit log",
            "File that remembers who did what, or - for standard error."),
        Setting(
            "auditMaxBytes", .audit, .integer(\.audit.maxBytes, 1_048_576...size.upperBound, .bytes),
            "Size of the log, closed files included; the oldest ones are deleted for it."),
        Setting(
            "auditRetentionDays", .audit, .integer(\.audit.retentionDays, days, .days),
            "Days that a line is kept, unless the log grows too large; 0 means no limit of age."),
        Setting(
            "auditAddressDays", .audit, .integer(\.audit.addressDays, days, .days),
            "Days that whole client addresses are kept; only /24 and /48 stay, and standard error never has more. "
                + "0 means they are never written."),
        Setting(
            "auditQueueEntries", .audit, .integer(\.audit.queueEntries, 1...1_000_000, .count),
            "Entries that may wait for the disk; more are lost, and the log says how many."),
        Setting(
            "auditLinesPerSource", .audit, .integer(\.audit.linesPerSource, 0...1_000_000, .count),
            "Lines per hour that one address or subject gets for what it is refused, and for tickets, invites and looks; "
                + "0 means no limit."),
        Setting(
            "auditRefusals", .audit, .integer(\.audit.refusals, 0...1_000_000, .count),
            "Lines per hour about refusals, whoever is refused; 0 means no limit."),
    ]

    /// Any number of days up to a century.
    private static let days = 0...36_500
}
