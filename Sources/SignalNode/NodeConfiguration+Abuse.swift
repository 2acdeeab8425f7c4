public import SignalDomain

extension NodeConfiguration {
    /// What keeps strangers from using the node up (security.md §2 and §4).
    public struct Abuse: Sendable, Equatable {
        /// What happens to a message over the rate of its address: `drop` (it is refused) or `delay` (it waits).
        public var rateLimitMode = "drop"
        /// Members that a broadcast may reach for the price of one message; a larger room costs as many messages as this
        /// fits into it. 0 = every broadcast counts once.
        public var broadcastUnitMembers = 100
        /// Wrong tokens of one address that are free, and that are forgotten within `tokenFailureWindowMs`. Half as many
        /// more are answered late, and then no token of the address is checked. 0 = no limit.
        public var tokenFailures = 10
        /// The window of `tokenFailures`, in milliseconds.
        public var tokenFailureWindowMs = 1_800_000
        /// Connections that are accepted per second, in a burst and on the average; more wait in the kernel. 0 = no limit.
        public var acceptRate = 1_000
        /// A file of block rules (`ip …`, `cidr …`, `asn:N`); nil = nobody is blocked.
        public var blockRulesFile: String?
        /// A file of `CIDR<TAB>ASN` lines that rules with `asn:` need.
        public var asnTableFile: String?
        /// The time between two looks at whether these files have changed, in milliseconds.
        public var blockRulesPollMs = 2_000
        /// Blocks that operators may give to the whole cluster at once.
        public var maxClusterBlocks = 1_000
        /// Whether connections begin with a PROXY header of a trusted proxy: `off` or `v2`.
        public var proxyProtocol = "off"
        /// The header in which trusted proxies name the client: `x-forwarded-for` or `forwarded`.
        public var forwardedHeader = "x-forwarded-for"

        public init() {}

        /// `rateLimitMode` as what it means.
        public var counting: MessageCounting { MessageCounting(rawValue: rateLimitMode) ?? .drop }

        /// `proxyProtocol` as what it means.
        public var expectsProxyHeader: Bool { proxyProtocol == "v2" }

        /// `forwardedHeader` as what it means.
        public var forwarded: ForwardedHeader { ForwardedHeader(rawValue: forwardedHeader) ?? .xForwardedFor }
    }

    func abuseProblems() -> [String] {
        var found: [String] = []
        let choices = [
            ("RATE_LIMIT_MODE", abuse.rateLimitMode, MessageCounting.allCases.map(\.rawValue)),
            ("PROXY_PROTOCOL", abuse.proxyProtocol, ["off", "v2"]),
            ("FORWARDED_HEADER", abuse.forwardedHeader, ForwardedHeader.allCases.map(\.rawValue)),
        ]
        for (name, value, known) in choices where !known.contains(value) {
            found.append("\(name) must be \(known.joined(separator: " or ")), but is \"\(value)\".")
        }
        if abuse.expectsProxyHeader, access.trustedProxyCIDRs.isEmpty {
            found.append(
                "PROXY_PROTOCOL=v2 needs TRUSTED_PROXY_CIDRS: only the proxies named there may say who a client is.")
        }
        return found
    }
}
