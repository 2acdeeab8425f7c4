/// The drawings of docs/performance.md.
enum PerformancePlots {
    struct Plot: Sendable {
        /// Of the file, without its ending.
        let name: String
        let title: String
        let svg: String
    }

    /// Those for which something was measured.
    static func all(of comparison: Comparison) -> [Plot] {
        [
            bars(
                "performance-cpu", "CPU of the server per delivered message, µs",
                [.pairs, .largePairs, .fanOut], of: comparison),
            bars(
                "performance-sockets", "What an idle socket and a visit cost", [.idle, .churn], of: comparison),
            bars(
                "performance-cluster", "Two nodes through Redis: CPU per delivered message, µs (Redis pale)",
                [.cluster], of: comparison),
            latency(of: comparison),
        ].compactMap { $0 }
    }

    /// The main figure of each workload.
    private static func bars(
        _ name: String, _ title: String, _ workloads: [Workload], of comparison: Comparison
    ) -> Plot? {
        let panels = workloads.compactMap { workload in
            Figure.all.first { $0.workload == workload }.flatMap { panel($0, of: comparison) }
        }
        guard !panels.isEmpty else { return nil }
        var drawing = Drawing()
        drawing.text(title, x: 24, y: 30, "title")
        var top = 44.0
        for panel in panels {
            panel.draw(on: &drawing, at: top)
            top += panel.height
        }
        return Plot(name: name, title: title, svg: drawing.svg(width: BarPanel.width, height: top + 8, title: title))
    }

    private static func panel(_ figure: Figure, of comparison: Comparison) -> BarPanel? {
        let limit = figure.goal?.limit { comparison.value(of: figure, for: $0) }
        let bars = comparison.servers.compactMap { server -> BarPanel.Bar? in
            guard let value = comparison.value(of: figure, for: server) else { return nil }
            let redis = comparison.median(figure.workload, server, \.redisCpuMicrosPerDelivery) ?? 0
            let goal = server == .node ? limit.map { ", goal \(figure.text($0))" } : nil
            return BarPanel.Bar(
                server: server, value: value, redis: min(redis, value), label: figure.text(value) + (goal ?? ""))
        }
        guard !bars.isEmpty else { return nil }
        return BarPanel(title: "\(figure.workload.rawValue) · \(figure.title)", bars: bars, limit: limit)
    }

    private static func latency(of comparison: Comparison) -> Plot? {
        let percentiles = { (server: Server, value: (WorkloadResult) -> LatencyPercentiles?) in
            LatencyPercentiles { percentile in
                comparison.median(.cluster, server) { value($0)?[keyPath: percentile] }
            }
        }
        var lines = comparison.servers.compactMap { server in
            percentiles(server, \.latencyMicros).map {
                PercentileChart.Line(title: server.title, style: Look.style(of: server), percentiles: $0)
            }
        }
        guard !lines.isEmpty else { return nil }
        if let floor = percentiles(.node, \.redisFloorMicros) {
            lines.append(PercentileChart.Line(title: "Redis alone", style: "floor", percentiles: floor))
        }
        let chart = PercentileChart(title: "Two nodes through Redis: from due to delivered", lines: lines)
        return Plot(name: "performance-latency", title: chart.title, svg: chart.svg())
    }
}
