import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.abuse`.
    static let abuse: [Setting] = [
        Setting(
            "rateLimitMode", .rates, .text(\.abuse.rateLimitMode),
            "What happens to a message over the rate: drop (it is refused) or delay (its sender's reads pause)."),
        Setting(
            "broadcastUnitMembers", .rates, .integer(\.abuse.broadcastUnitMembers, count, .count),
            "Members that a broadcast reaches for the price of one message; larger rooms cost more; 0 means off."),
        Setting(
            "tokenFailures", .rates, .integer(\.abuse.tokenFailures, 0...1_000_000, .count),
            "Free wrong tokens of one address in the window below; half as many more are answered late, then 429; 0 means off."
        ),
        Setting(
            "tokenFailureWindowMs", .rates, .integer(\.abuse.tokenFailureWindowMs, duration, .milliseconds),
            "Time in which that many wrong tokens are forgotten, one by one."),
        Setting(
            "acceptRate", .rates, .integer(\.abuse.acceptRate, count, .count),
            "Connections that are accepted per second; more wait in the kernel; 0 means off."),
        Setting(
            "blockRulesFile", .rates, .optionalText(\.abuse.blockRulesFile), default: "none",
            "File of block rules: `ip A`, `cidr A/N`, `asn:N`, each with an optional `until=`. Read again when it changes "
                + "and on SIGHUP."),
        Setting(
            "asnTableFile", .rates, .optionalText(\.abuse.asnTableFile), default: "none",
            "File of `CIDR<TAB>ASN` lines, for rules with `asn:`. Read again like the rules."),
        Setting(
            "blockRulesPollMs", .rates, .integer(\.abuse.blockRulesPollMs, 100...3_600_000, .milliseconds),
            "Time between two looks at whether these files have changed."),
        Setting(
            "maxClusterBlocks", .rates, .integer(\.abuse.maxClusterBlocks, 1...10_000, .count),
            "Blocks of addresses that operators may give to the whole cluster at once; the same on every node."),
        Setting(
            "proxyProtocol", .listener, .text(\.abuse.proxyProtocol),
            "Whether every connection begins with a PROXY header of a proxy in TRUSTED_PROXY_CIDRS: off or v2."),
        Setting(
            "forwardedHeader", .access, .text(\.abuse.forwardedHeader),
            "The header in which these proxies name the client: x-forwarded-for or forwarded (RFC 7239)."),
    ]
}
