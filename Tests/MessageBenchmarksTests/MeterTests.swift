import Synchronization
import Testing

@testable import MessageBenchmarks

@Suite("The meter of pieces")
struct MeterTests {
    /// A thread whose every look at its clock costs a millisecond.
    private final class Thread: Sendable {
        let blocks = Atomic<UInt64>(0)
        private let milliseconds = Atomic<UInt64>(0)

        var meter: Meter {
            Meter(
                allocations: { self.blocks.load(ordering: .relaxed) },
                cpu: { self.milliseconds.wrappingAdd(1, ordering: .relaxed).newValue * 1_000_000 })
        }
    }

    @Test("blocks are counted per message, to hundredths")
    func allocations() throws {
        let thread = Thread()
        let probe = try thread.meter.probe(
            Benchmark("piece", "a message", workPerMessage: 1) {
                { messages in
                    // Three blocks per message, and ten for a table that grows.
                    thread.blocks.wrappingAdd(UInt64(messages) * 3 + 10, ordering: .relaxed)
                    return messages
                }
            })
        #expect(probe.allocations == 3.01)
    }

    @Test("a piece that stops doing its work is broken, not cheap", arguments: [0, 2_500, 3_020])
    func idle(after limit: Int) throws {
        let benchmark = Benchmark("piece", "a message", workPerMessage: 2) {
            var left = limit
            return { messages in
                let done = min(left, messages)
                left -= done
                return 2 * done
            }
        }
        #expect(throws: IdleBenchmark.self) {
            let probe = try Thread().meter.probe(benchmark)
            _ = try probe.sweep()
        }
    }

    @Test("the shortest turn of a sweep is told, per message")
    func times() throws {
        let probe = try Thread().meter.probe(Benchmark("piece", "a message", workPerMessage: 1) { { $0 } })
        let times = try probe.sweep()
        #expect(times.piece == 1_000_000)
        #expect(times.reference == 1_000_000)
    }
}
