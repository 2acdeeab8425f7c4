/// Durations as dots over time, with median, 99th percentile and goal as lines.
struct DotPanel: Sendable {
    static let height = 120.0

    let frame: Frame
    let title: String
    let explanation: String
    let style: String
    let samples: [Sample]
    /// Milliseconds.
    let goal: Double

    func draw(on canvas: inout Canvas, top: Double) {
        let shown = samples.filter { frame.shows($0.at) }
        let quantiles = Quantiles(micros: shown.map(\.duration))
        let y = Scale(
            domain: 0...(max(goal, quantiles?.max ?? 0) * 1.12 / 1000), from: top + DotPanel.height, to: top + 6)
        Caption(title: title, explanation: explanation, summary: summary(quantiles)).draw(on: &canvas, top: top)
        for tick in y.ticks {
            canvas.line(x1: Frame.left, y1: y(tick), x2: Frame.right, y2: y(tick), "rule")
            let label = Figure.decimal(tick, digits: tick.rounded() == tick ? 0 : 1)
            canvas.text("\(label) s", x: Frame.left - 10, y: y(tick) + 4, "tiny", anchor: .end)
        }
        across(goal, "goal", y, on: &canvas)
        if let quantiles {
            across(quantiles.p50, "median", y, on: &canvas)
            across(quantiles.p99, "tail", y, on: &canvas)
        }
        canvas.dots(thinned(shown, y), style)
    }

    private func summary(_ quantiles: Quantiles?) -> String {
        guard let quantiles else { return "nothing measured" }
        let figures = [
            "p50 \(Figure.seconds(quantiles.p50))", "p99 \(Figure.seconds(quantiles.p99))",
            "max \(Figure.seconds(quantiles.max))", "goal: p99 ≤ \(Figure.seconds(goal))",
            "\(Figure.grouped(quantiles.n)) measured",
        ]
        return figures.joined(separator: "  ·  ")
    }

    private func across(_ milliseconds: Double, _ style: String, _ y: Scale, on canvas: inout Canvas) {
        let place = y(milliseconds / 1000)
        canvas.line(x1: Frame.left, y1: place, x2: Frame.right, y2: place, style)
    }

    /// Dots that would hide each other are drawn once.
    private func thinned(_ samples: [Sample], _ y: Scale) -> [(x: Double, y: Double)] {
        struct Cell: Hashable {
            let x: Int
            let y: Int
        }
        var seen: Set<Cell> = []
        return samples.compactMap { sample in
            let point = (x: frame.x(sample.at), y: y(Double(sample.duration) / 1_000_000))
            return seen.insert(Cell(x: Int(point.x), y: Int(point.y))).inserted ? point : nil
        }
    }
}
