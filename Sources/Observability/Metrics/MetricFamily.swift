/// The description of a metric: what Prometheus calls a family.
public struct MetricFamily: Sendable, Equatable {
    /// The kinds of families this registry exports.
    public enum Kind: Sendable, Equatable {
        /// Only grows; its name ends in `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations in buckets with these upper bounds; `+Inf` is added. Units are those of the name.
        case histogram(buckets: [Double])
    }

    public let name: String
    public let kind: Kind
    /// One sentence, without its name.
    public let help: String
    /// Empty when the family has exactly one series, which then exists from the first scrape.
    public let labelNames: [String]

    /// Describes a family; names that Prometheus does not allow are repaired, never refused.
    public init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = []) {
        self.name = MetricName.repaired(name)
        self.kind = kind.sorted
        self.help = help
        self.labelNames = labels.map(MetricName.repairedLabel)
    }

    /// Bounds in seconds for something that takes from a hundred microseconds to ten seconds.
    public static let latencyBuckets = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
}

extension MetricFamily.Kind {
    /// With ascending, finite and distinct bounds, as the format demands.
    fileprivate var sorted: Self {
        guard case .histogram(let buckets) = self else { return self }
        return .histogram(buckets: Set(buckets.filter(\.isFinite)).sorted())
    }

    /// Whether both are rendered the same way, whatever their bounds.
    func isSameSort(as other: Self) -> Bool {
        switch (self, other) {
        case (.counter, .counter), (.gauge, .gauge), (.histogram, .histogram): true
        default: false
        }
    }
}

/// The alphabet of names in the exposition format: `[a-zA-Z_:][a-zA-Z0-9_:]*`, labels without `:` and leading `__`.
enum MetricName {
    static func repaired(_ name: String) -> String { repaired(name, allowColon: true) }

    static func repairedLabel(_ name: String) -> String {
        var text = Substring(repaired(name, allowColon: false))
        while text.hasPrefix("__") { text.removeFirst() }
        // `le` belongs to the histogram itself.
        return text == "le" ? "le_" : String(text)
    }

    private static func repaired(_ name: String, allowColon: Bool) -> String {
        var bytes = name.utf8.map { isAllowed($0, allowColon) ? $0 : UInt8(ascii: "_") }
        if let first = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8, _ allowColon: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        case UInt8(ascii: ":"): allowColon
        default: false
        }
    }
}
