import CoreMetrics
import Synchronization

/// Where a series belongs: its family and its labels, ready to print.
struct SeriesID: Hashable, Sendable {
    let family: String
    /// `a="1",b="2"` with escaped values, by label name; empty without labels.
    let labels: String

    init(family: String, dimensions: [(String, String)]) {
        var seen: Set<String> = []
        self.family = family
        labels = dimensions.map { (MetricName.repairedLabel($0.0), $0.1) }
            .filter { seen.insert($0.0).inserted }
            .sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\"\(Exposition.escapedLabelValue($0.1))\"" }
            .joined(separator: ",")
    }
}

/// One line, or one histogram, of a family.
protocol Series: AnyObject, Sendable {
    var id: SeriesID { get }
}

/// A number that only grows. Lock-free: two relaxed atomics, whole and fractional increments apart.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    let id: SeriesID
    private let whole = Atomic<Int64>(0)
    private let fractional = AtomicDouble()

    init(id: SeriesID) { self.id = id }

    var value: Double { Double(whole.load(ordering: .relaxed)) + fractional.value }

    func increment(by amount: Int64) {
        if amount > 0 { whole.wrappingAdd(amount, ordering: .relaxed) }
    }

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { fractional.add(amount) }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0)
    }
}

/// A number that goes up and down. Lock-free.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let id: SeriesID
    private let current = AtomicDouble()

    init(id: SeriesID) { self.id = id }

    var value: Double { current.value }

    func set(_ value: Int64) { current.store(Double(value)) }
    func set(_ value: Double) { current.store(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// Observations in buckets. Lock-free: one atomic per bucket; the total is their sum, so it always fits `+Inf`.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    let id: SeriesID
    let bounds: [Double]
    private let counts: [Tally]
    private let total = AtomicDouble()

    private final class Tally: Sendable {
        let value = Atomic<UInt64>(0)
    }

    init(id: SeriesID, bounds: [Double]) {
        self.id = id
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Tally() }
    }

    /// The sum of all observations.
    var sum: Double { total.value }

    /// The number of observations at or below each bound, then of all.
    var cumulativeCounts: [UInt64] {
        var running: UInt64 = 0
        return counts.map { tally in
            running &+= tally.value.load(ordering: .relaxed)
            return running
        }
    }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index].value.wrappingAdd(1, ordering: .relaxed)
        total.add(value)
    }

    func record(_ value: Int64) { record(Double(value)) }

    /// Durations are exported in seconds, the base unit of Prometheus.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
