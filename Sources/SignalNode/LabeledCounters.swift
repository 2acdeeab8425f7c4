import CoreMetrics

/// The counters of a family whose label comes from a closed set. All of them stand at zero from the first scrape on, so
/// that a rate sees their first count.
struct LabeledCounters: Sendable {
    private let counters: [String: Counter]

    init(_ family: NodeMetrics.Family, _ values: some Sequence<String>) {
        let label = family.labelNames.first ?? ""
        counters = Dictionary(
            values.map { ($0, Counter(label: family.rawValue, dimensions: [(label, $0)])) }
        ) { first, _ in first }
    }

    /// Only for values of the set.
    func increment(_ value: String) { counters[value]?.increment() }
}
