/// All families with their series and samplers; a plain value that the registry guards.
struct FamilyTable {
    struct Entry {
        var family: MetricFamily
        var series: [String: any Series] = [:]
        var samplers: [@Sendable () -> [SampledValue]] = []
    }

    private var entries: [String: Entry] = [:]

    /// Families by name, for a page that looks the same at every scrape.
    var sorted: [Entry] { entries.values.sorted { $0.family.name < $1.family.name } }

    func family(named name: String) -> MetricFamily? { entries[name]?.family }

    func series(_ id: SeriesID) -> (any Series)? { entries[id.family]?.series[id.labels] }

    func seriesCount(of family: String) -> Int { entries[family]?.series.count ?? 0 }

    mutating func declare(_ family: MetricFamily) {
        guard let known = entries[family.name] else {
            entries[family.name] = Entry(family: family)
            return
        }
        if known.family.kind.isSameSort(as: family.kind) { entries[family.name]?.family = family }
    }

    mutating func add(_ series: any Series, to family: MetricFamily) {
        entries[family.name]?.series[series.id.labels] = series
    }

    mutating func addSampler(_ read: @escaping @Sendable () -> [SampledValue], to family: MetricFamily) {
        entries[family.name]?.samplers.append(read)
    }

    mutating func remove(_ series: any Series) {
        let id = series.id
        if entries[id.family]?.series[id.labels] === series { entries[id.family]?.series[id.labels] = nil }
    }
}
