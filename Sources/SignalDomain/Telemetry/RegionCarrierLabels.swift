/// Decides which region and carrier pairs may appear in metrics: none that could point at a person, and not too many.
///
/// A plain value that its owner guards. A pair is shown from its fifth report on, and only the first 200 such pairs
/// are; before and beyond that a report counts as `other`. Pairs that wait are bounded as well: when their table is
/// full it starts anew, so a flood of invented pairs delays the honest ones and never shuts them out.
public struct RegionCarrierLabels: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Reports of a pair before it is shown (k-anonymity).
        public var minReports = 5
        /// Pairs that are ever shown.
        public var maxShownPairs = 200
        /// Pairs that wait for their reports at once.
        public var maxWaitingPairs = 1000
        /// The only regions that are ever shown; empty = any.
        public var regions: Set<String> = []
        /// The only carriers that are ever shown; empty = any.
        public var carriers: Set<String> = []

        public init() {}
    }

    private let limits: Limits
    private var shown: Set<RegionCarrier> = []
    private var waiting: [RegionCarrier: Int] = [:]

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The labels under which one report of `pair` counts.
    public mutating func admit(_ pair: RegionCarrier) -> RegionCarrier {
        let pair = RegionCarrier(
            region: Self.listed(pair.region, in: limits.regions),
            carrier: Self.listed(pair.carrier, in: limits.carriers))
        if shown.contains(pair) { return pair }
        guard shown.count < limits.maxShownPairs else { return .other }
        let reports = (waiting[pair] ?? 0) + 1
        if reports >= limits.minReports {
            waiting[pair] = nil
            shown.insert(pair)
            return pair
        }
        if waiting.count >= limits.maxWaitingPairs, waiting[pair] == nil { waiting.removeAll() }
        waiting[pair] = reports
        return .other
    }

    private static func listed(_ label: String, in list: Set<String>) -> String {
        list.isEmpty || list.contains(label) ? label : RegionCarrier.other.region
    }
}
