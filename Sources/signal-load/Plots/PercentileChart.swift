import Foundation

/// Latencies of several servers from the median to the slowest message, on a logarithmic scale.
struct PercentileChart: Sendable {
    struct Line: Sendable {
        let title: String
        /// The colour of a server, or `floor`.
        let style: String
        let percentiles: LatencyPercentiles
    }

    let title: String
    let lines: [Line]

    static let width = 860.0
    static let height = 420.0
    private static let steps: [(name: String, value: @Sendable (LatencyPercentiles) -> Double)] = [
        ("p50", \.p50), ("p90", \.p90), ("p99", \.p99), ("p99.9", \.p999), ("slowest", \.max),
    ]
    private static let (left, right, top, bottom) = (90.0, 640.0, 60.0, 370.0)

    func svg() -> String {
        var drawing = Drawing()
        drawing.text(title, x: 24, y: 30, "title")
        let values = lines.flatMap { line in PercentileChart.steps.map { $0.value(line.percentiles) } }.filter {
            $0 > 0
        }
        let low = floor(log10(values.min() ?? 1))
        let high = max(ceil(log10(values.max() ?? 10)), low + 1)
        func y(_ value: Double) -> Double {
            let share = (log10(max(value, pow(10, low))) - low) / (high - low)
            return PercentileChart.bottom - share * (PercentileChart.bottom - PercentileChart.top)
        }
        func x(_ step: Int) -> Double {
            let width = PercentileChart.right - PercentileChart.left - 40
            return PercentileChart.left + 20 + width * Double(step) / Double(PercentileChart.steps.count - 1)
        }
        for decade in Int(low)...Int(high) {
            let value = pow(10, Double(decade))
            drawing.line(x1: PercentileChart.left, y1: y(value), x2: PercentileChart.right, y2: y(value), "rule")
            drawing.text(
                PercentileChart.duration(value), x: PercentileChart.left - 8, y: y(value) + 4, "soft", anchor: .end)
        }
        for (step, name) in PercentileChart.steps.map(\.name).enumerated() {
            drawing.text(name, x: x(step), y: PercentileChart.bottom + 20, "soft", anchor: .middle)
        }
        for (row, line) in lines.enumerated() {
            let points = PercentileChart.steps.enumerated().map { (x: x($0), y: y($1.value(line.percentiles))) }
            drawing.path(points, line.style)
            if line.style != "floor" { for point in points { drawing.dot(x: point.x, y: point.y, line.style) } }
            let legend = PercentileChart.top + 14 + Double(row) * 22
            drawing.path(
                [(PercentileChart.right + 24, legend - 4), (PercentileChart.right + 50, legend - 4)], line.style)
            drawing.text(line.title, x: PercentileChart.right + 58, y: legend, line.style == "node" ? "own" : "")
        }
        return drawing.svg(width: PercentileChart.width, height: PercentileChart.height, title: title)
    }

    private static func duration(_ micros: Double) -> String {
        switch micros {
        case ..<1_000: "\(Figure.number(micros, digits: 0)) µs"
        case ..<1_000_000: "\(Figure.number(micros / 1_000, digits: 0)) ms"
        default: "\(Figure.number(micros / 1_000_000, digits: 0)) s"
        }
    }
}
