/// A page of metrics while it is written: for each family HELP, TYPE, then all of its samples.
struct Exposition {
    let format: ExpositionFormat
    private var page = ""

    init(format: ExpositionFormat) { self.format = format }

    mutating func append(_ entry: FamilyTable.Entry) {
        let family = entry.family
        let title = title(of: family)
        page += "# HELP \(title) \(escapedHelp(family.help))\n# TYPE \(title) \(family.kind.word)\n"
        for series in entry.series.values.sorted(by: { $0.id.labels < $1.id.labels }) {
            switch series {
            case let counter as CounterSeries: sample(sampleName(of: family), counter.id.labels, counter.value)
            case let gauge as GaugeSeries: sample(sampleName(of: family), gauge.id.labels, gauge.value)
            case let histogram as HistogramSeries: append(histogram, name: family.name)
            default: break
            }
        }
        // A label set appears once: stored series win over samplers, earlier samplers over later ones.
        var printed = Set(entry.series.keys)
        for value in entry.samplers.flatMap({ $0() }) {
            let labels = SeriesID(family: family.name, dimensions: value.labels).labels
            if printed.insert(labels).inserted { sample(sampleName(of: family), labels, value.value) }
        }
    }

    /// The page with what the format demands behind the last sample.
    func finished() -> String { format == .openMetrics ? page + "# EOF\n" : page }

    private mutating func append(_ histogram: HistogramSeries, name: String) {
        let labels = histogram.id.labels
        let counts = histogram.cumulativeCounts
        let bounds = histogram.bounds.map(boundText) + ["+Inf"]
        for (bound, count) in zip(bounds, counts) {
            line("\(name)_bucket", labels + (labels.isEmpty ? "" : ",") + "le=\"\(bound)\"", String(count))
        }
        line("\(name)_sum", labels, Self.number(histogram.sum))
        line("\(name)_count", labels, String(counts.last ?? 0))
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        line(name, labels, Self.number(value))
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        page += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// The name in HELP and TYPE: OpenMetrics names a counter's family without `_total`.
    private func title(of family: MetricFamily) -> String {
        guard format == .openMetrics, family.kind == .counter, family.name.hasSuffix("_total") else {
            return family.name
        }
        return String(family.name.dropLast("_total".count))
    }

    /// The name of a single sample: an OpenMetrics counter always ends in `_total`.
    private func sampleName(of family: MetricFamily) -> String {
        let needsTotal = format == .openMetrics && family.kind == .counter && !family.name.hasSuffix("_total")
        return needsTotal ? family.name + "_total" : family.name
    }

    private func escapedHelp(_ text: String) -> String {
        format == .openMetrics ? Self.escapedLabelValue(text) : Self.escaped(text, quotes: false)
    }

    static func escapedLabelValue(_ text: String) -> String { escaped(text, quotes: true) }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private func boundText(_ bound: Double) -> String {
        format == .openMetrics ? "\(bound)" : Self.number(bound)
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return "\(value)"
    }
}

extension MetricFamily.Kind {
    fileprivate var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
