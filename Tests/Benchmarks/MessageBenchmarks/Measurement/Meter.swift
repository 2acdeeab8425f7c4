/// Counts and times on the calling thread.
public struct Meter: Sendable {
    /// Blocks that the calling thread has asked for so far.
    public var allocations: @Sendable () -> UInt64
    /// CPU time of the calling thread, in nanoseconds.
    public var cpu: @Sendable () -> UInt64

    /// Messages before anything counts: tables have grown and rings are full.
    static let warmUp = 2_000
    /// Messages whose allocations are counted.
    static let counted = 1_000
    /// Turns of reference loop and piece in one sweep.
    static let rounds = 40
    /// How long one turn lasts at least, in nanoseconds of CPU time.
    static let turn: UInt64 = 300_000

    public init(allocations: @escaping @Sendable () -> UInt64, cpu: @escaping @Sendable () -> UInt64) {
        self.allocations = allocations
        self.cpu = cpu
    }

    /// Warms the piece up, counts its allocations, and finds how many messages fill a turn.
    func probe(_ benchmark: Benchmark) throws -> Probe {
        let prepared = try benchmark.prepare()
        let run = { (messages: Int) in try Self.check(benchmark, prepared(messages), of: messages) }
        try run(Self.warmUp)
        let before = allocations()
        try run(Self.counted)
        let blocks = Double(allocations() - before) / Double(Self.counted)

        let reference = ReferenceLoop()
        let passes = try count { reference.run($0) }
        let messages = try count(run)
        return Probe(name: benchmark.name, allocations: (blocks * 100).rounded() / 100) {
            var shortest = Probe.Times(reference: .infinity, piece: .infinity)
            for _ in 0..<Self.rounds {
                let reference = try time { reference.run(passes) } / Double(passes)
                let piece = try time { try run(messages) } / Double(messages)
                shortest.reference = min(shortest.reference, reference)
                shortest.piece = min(shortest.piece, piece)
            }
            return shortest
        }
    }

    private static func check(_ benchmark: Benchmark, _ done: Int, of messages: Int) throws {
        let expected = benchmark.workPerMessage * messages
        guard done == expected else { throw IdleBenchmark(name: benchmark.name, done: done, expected: expected) }
    }

    /// How many repetitions fill a turn.
    private func count(_ body: (Int) throws -> Void) throws -> Int {
        var count = 1
        while try time({ try body(count) }) < Double(Self.turn) { count *= 2 }
        return count
    }

    private func time(_ body: () throws -> Void) throws -> Double {
        let start = cpu()
        try body()
        return Double(cpu() - start)
    }
}

/// A piece that is warm.
struct Probe {
    /// The shortest turns of a sweep, in nanoseconds per pass and per message: a disturbance only adds.
    struct Times {
        var reference: Double
        var piece: Double
    }

    let name: String
    /// Blocks per message.
    let allocations: Double
    /// Lets reference loop and piece take turns.
    let sweep: () throws -> Times
}
