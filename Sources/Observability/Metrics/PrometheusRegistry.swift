public import CoreMetrics
import Synchronization

/// The metrics of this process, in the shape that Prometheus scrapes.
///
/// It stands behind swift-metrics (`MetricsSystem.bootstrap(registry)`): a `Counter` is a counter, a `Meter`, `Gauge`
/// or `Recorder(aggregate: false)` a gauge, a `Recorder` or `Timer` a histogram (timers in seconds). Asking twice for the
/// same name and labels gives the same series. A metric whose name belongs to a family of another kind, or whose family
/// is full, works but is not exported and is counted in `bs_metrics_refused_total`.
///
/// Safe from every thread: the table of series sits behind a mutex that is taken when a metric is made and when a page is
/// rendered; counting itself only touches atomics.
public final class PrometheusRegistry: MetricsFactory {
    private let seriesLimit: Int
    private let table: Mutex<FamilyTable>
    private let refused: CounterSeries

    /// - Parameter seriesLimit: the most series of one family; more label values than that are refused.
    public init(seriesLimit: Int = 1_000) {
        let family = MetricFamily(
            "bs_metrics_refused_total", .counter,
            "Metrics that are not exported: kind conflict or too many label values.")
        self.seriesLimit = seriesLimit
        refused = CounterSeries(id: SeriesID(family: family.name, dimensions: []))
        var table = FamilyTable()
        table.declare(family)
        table.add(refused, to: family)
        self.table = Mutex(table)
    }

    /// Exports `family` from now on, with HELP and TYPE, and at zero if it has no labels.
    ///
    /// A family that is already known keeps its kind and its series; its help and buckets are replaced.
    public func declare(_ family: MetricFamily) {
        table.withLock { $0.declare(family) }
        guard family.labelNames.isEmpty else { return }
        switch family.kind {
        case .counter: _ = makeCounter(label: family.name, dimensions: [])
        case .gauge: _ = makeMeter(label: family.name, dimensions: [])
        case .histogram: _ = makeRecorder(label: family.name, dimensions: [], aggregate: true)
        }
    }

    /// Declares several families.
    public func declare(_ families: [MetricFamily]) {
        for family in families { declare(family) }
    }

    /// Asks `read` for the values of `family` (a counter or a gauge) at every scrape.
    ///
    /// `read` runs on the thread that renders, outside of any lock; it must not block.
    public func registerSampler(_ family: MetricFamily, _ read: @escaping @Sendable () -> [SampledValue]) {
        table.withLock { table in
            table.declare(family)
            table.addSampler(read, to: family)
        }
    }

    /// The whole page in `format`: families by name, series by labels.
    public func render(format: ExpositionFormat) -> String {
        let families = table.withLock { $0.sorted }
        var page = Exposition(format: format)
        for family in families { page.append(family) }
        return page.finished()
    }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: AnyObject) {
        guard let series = handler as? any Series else { return }
        table.withLock { $0.remove(series) }
    }

    private func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries {
        series(name, .counter, dimensions) { id, _ in CounterSeries(id: id) }
    }

    private func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        series(name, .gauge, dimensions) { id, _ in GaugeSeries(id: id) }
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        series(name, .histogram(buckets: MetricFamily.latencyBuckets), dimensions) { id, kind in
            guard case .histogram(let bounds) = kind else { return HistogramSeries(id: id, bounds: []) }
            return HistogramSeries(id: id, bounds: bounds)
        }
    }

    /// The series with this name and these labels: the known one, a new one, or a detached one that is not exported.
    private func series<Made: Series>(
        _ name: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)],
        make: (SeriesID, MetricFamily.Kind) -> Made
    ) -> Made {
        let id = SeriesID(family: MetricName.repaired(name), dimensions: dimensions)
        return table.withLock { table in
            let family = table.family(named: id.family) ?? MetricFamily(id.family, kind, id.family)
            if let known = table.series(id) as? Made { return known }
            let made = make(id, family.kind)
            guard family.kind.isSameSort(as: kind), table.seriesCount(of: id.family) < seriesLimit else {
                refused.increment(by: 1 as Int64)
                return made
            }
            table.declare(family)
            table.add(made, to: family)
            return made
        }
    }
}

/// A value that a sampler read, with its labels.
public struct SampledValue: Sendable {
    public let labels: [(String, String)]
    public let value: Double

    public init(_ value: Double, labels: [(String, String)] = []) {
        self.value = value
        self.labels = labels
    }
}
