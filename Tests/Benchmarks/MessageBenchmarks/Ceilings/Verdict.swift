/// What a measurement means beside its ceiling.
public enum Verdict: Equatable, Sendable {
    case within
    /// At least one figure is more than a fifth below: the ceiling may follow.
    case farBelow
    /// At least one figure is more than a twentieth above.
    case grown(allocations: Bool, cpu: Bool)

    /// How far above its ceiling a figure may be.
    static let growth = 1.05
    /// How far below it may be without a word.
    static let slack = 0.8

    public init(_ measured: Measurement, under ceiling: Measurement) {
        let grown = (
            allocations: measured.allocations > ceiling.allocations * Self.growth,
            cpu: measured.cpu > ceiling.cpu * Self.growth
        )
        if grown.allocations || grown.cpu {
            self = .grown(allocations: grown.allocations, cpu: grown.cpu)
        } else if measured.allocations < ceiling.allocations * Self.slack || measured.cpu < ceiling.cpu * Self.slack {
            self = .farBelow
        } else {
            self = .within
        }
    }

    public var isGrown: Bool { if case .grown = self { true } else { false } }

    /// Whether CPU time has grown, which the machine may feign.
    var isSlower: Bool { if case .grown(_, cpu: true) = self { true } else { false } }

    public var text: String {
        switch self {
        case .within: "ok"
        case .farBelow: "ok, more than 20 % below"
        case .grown(true, true): "GREW: allocations, CPU"
        case .grown(true, false): "GREW: allocations"
        case .grown: "GREW: CPU"
        }
    }
}
