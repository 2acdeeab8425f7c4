/// Measures pieces in sweeps over all of them, and holds them against their ceilings or finds new ones.
public struct Inspection {
    public struct Row: Equatable, Sendable {
        public let name: String
        public let measured: Measurement
        /// Nil for a piece that the file of ceilings does not know.
        public let ceiling: Measurement?

        public var verdict: Verdict? { ceiling.map { Verdict(measured, under: $0) } }

        /// Whether the inspection fails because of this piece.
        public var isRefused: Bool { verdict?.isGrown ?? true }
    }

    /// Sweeps that everything gets.
    static let sweeps = 5
    /// Sweeps before a piece counts as slower than its ceiling: a neighbour on the machine may last for seconds.
    static let patience = 50

    private let probes: [Probe]
    private var found = Sweeps()

    public init(meter: Meter, benchmarks: [Benchmark]) throws { self.init(try benchmarks.map(meter.probe)) }

    init(_ probes: [Probe]) { self.probes = probes }

    /// - Returns: each piece beside its ceiling, with the CPU ratio of its best sweep.
    public mutating func compare(with ceilings: Ceilings) throws -> [Row] {
        for _ in 0..<Self.sweeps { try sweep() }
        for _ in Self.sweeps..<Self.patience where rows(ceilings).contains(where: { $0.verdict?.isSlower == true }) {
            try sweep()
        }
        return rows(ceilings)
    }

    /// - Returns: each piece beside its old ceiling, with what its new one is: the CPU ratio of the middle sweep.
    public mutating func renew(_ ceilings: Ceilings) throws -> [Row] {
        for _ in 0..<Self.patience { try sweep() }
        return rows(ceilings, { found.median($0) })
    }

    private mutating func sweep() throws {
        for probe in probes { found.note(try probe.sweep(), of: probe.name) }
    }

    private func rows(_ ceilings: Ceilings) -> [Row] { rows(ceilings, { found.best($0) }) }

    private func rows(_ ceilings: Ceilings, _ cpu: (String) -> Double?) -> [Row] {
        probes.compactMap { probe in
            cpu(probe.name).map { cpu in
                Row(
                    name: probe.name, measured: Measurement(allocations: probe.allocations, cpu: cpu),
                    ceiling: ceilings[probe.name])
            }
        }
    }
}
