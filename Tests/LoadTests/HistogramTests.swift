import Testing

@testable import signal_load

@Suite("A histogram")
struct HistogramTests {
    @Test("is within half a per cent of the exact percentiles", arguments: [1, 2, 3] as [UInt64])
    func percentiles(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var histogram = Histogram()
        var values: [UInt64] = []
        for _ in 0..<20_000 {
            // Spread over many octaves, as latencies are.
            let value = random.next() >> UInt64.random(in: 20...62, using: &random)
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        for fraction in [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = Double(values[max(0, Int((fraction * Double(values.count)).rounded(.up)) - 1)])
            let found = Double(try #require(histogram.percentile(fraction)))
            #expect(abs(found - exact) <= exact * 0.005, "seed \(seed), fraction \(fraction)")
        }
        #expect(histogram.max == values.last)
    }

    @Test("is exact below 256")
    func small() {
        var histogram = Histogram()
        for value in 0...255 as ClosedRange<UInt64> { histogram.record(value) }
        #expect(histogram.percentile(0.5) == 127)
        #expect(histogram.percentile(1) == 255)
        #expect(histogram.percentile(0) == 0)
    }

    @Test("merges as if all values had been recorded in one")
    func merge() {
        var (left, right, both) = (Histogram(), Histogram(), Histogram())
        for value in [3, 70_000, 5_000_000_000] as [UInt64] {
            left.record(value)
            both.record(value)
        }
        for value in [1, 900, .max] as [UInt64] {
            right.record(value)
            both.record(value)
        }
        left.merge(right)
        #expect(left == both)
    }

    @Test("has no percentile when empty")
    func empty() {
        #expect(Histogram().percentile(0.5) == nil)
    }
}

/// A seeded generator (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
