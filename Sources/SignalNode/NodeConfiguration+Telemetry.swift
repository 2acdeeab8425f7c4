public import SignalDomain

extension NodeConfiguration {
    /// What clients report about their connections, and how much of it becomes a metric (security.md row 16).
    public struct Telemetry: Sendable, Equatable {
        /// The only regions that are shown; empty = the first ones that come.
        public var regions: [String] = []
        /// The only carriers that are shown; empty = the first ones that come.
        public var carriers: [String] = []
        /// Reports of a region and carrier together before they are shown.
        public var minReports = 5
        /// Pairs of region and carrier that are ever shown.
        public var maxPairs = 200

        public init() {}

        /// The same as the metrics take it.
        public var labels: RegionCarrierLabels.Limits {
            var limits = RegionCarrierLabels.Limits()
            limits.regions = Set(regions)
            limits.carriers = Set(carriers)
            limits.minReports = minReports
            limits.maxShownPairs = maxPairs
            return limits
        }
    }

    func telemetryProblems() -> [String] {
        [("TELEMETRY_REGIONS", telemetry.regions), ("TELEMETRY_CARRIERS", telemetry.carriers)].flatMap { name, labels in
            labels.filter { RegionCarrier(region: $0, carrier: $0).region != $0 }.map {
                "\(name): \"\($0)\" must be 1 to \(RegionCarrier.maxLabelBytes) of A-Z a-z 0-9 _ -."
            }
        }
    }
}
