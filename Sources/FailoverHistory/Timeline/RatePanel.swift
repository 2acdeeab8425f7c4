/// Reliable signals per second: what was sent, and of that what was acknowledged.
struct RatePanel: Sendable {
    static let height = 100.0

    let frame: Frame
    /// When reliable signals were sent, and when their first acknowledgement came.
    let sent: [Int64]
    let acked: [Int64]

    func draw(on canvas: inout Canvas, top: Double) {
        // A point every three pixels, but no finer than a quarter of a second.
        let seconds = frame.time.domain.upperBound - frame.time.domain.lowerBound
        let width = max(0.25, seconds / 350)
        let count = max(1, Int((seconds / width).rounded(.up)))
        let sentRates = rates(sent, count: count, width: width)
        let ackedRates = rates(acked, count: count, width: width)
        let greatest = max(1, (sentRates + ackedRates).max() ?? 1)
        let y = Scale(domain: 0...(greatest * 1.1), from: top + RatePanel.height, to: top + 6)
        let shown = (sent.filter(frame.shows).count, acked.filter(frame.shows).count)
        Caption(
            title: "Signals per second", explanation: "reliable ones, sent and acknowledged",
            summary: "\(Figure.grouped(shown.0)) sent  ·  \(Figure.grouped(shown.1)) acknowledged"
        ).draw(on: &canvas, top: top)
        for tick in y.ticks {
            canvas.line(x1: Frame.left, y1: y(tick), x2: Frame.right, y2: y(tick), "rule")
            canvas.text(Figure.whole(tick), x: Frame.left - 10, y: y(tick) + 4, "tiny", anchor: .end)
        }
        canvas.polygon(area(ackedRates, width, y), "acked")
        canvas.polyline(Array(area(sentRates, width, y).dropFirst().dropLast()), "gap")
    }

    private func rates(_ moments: [Int64], count: Int, width: Double) -> [Double] {
        var bins = Array(repeating: 0.0, count: count)
        for moment in moments where frame.shows(moment) {
            let bin = Int((Double(moment) / 1_000_000 - frame.time.domain.lowerBound) / width)
            if bins.indices.contains(bin) { bins[bin] += 1 / width }
        }
        return bins
    }

    /// Steps: the rate of a bin holds from its begin to its end.
    private func area(_ rates: [Double], _ width: Double, _ y: Scale) -> [(x: Double, y: Double)] {
        let start = frame.time.domain.lowerBound
        var points = [(x: Frame.left, y: y(0))]
        for (bin, rate) in rates.enumerated() {
            points.append((frame.time(start + Double(bin) * width), y(rate)))
            points.append((frame.time(start + Double(bin + 1) * width), y(rate)))
        }
        points.append((Frame.right, y(0)))
        return points
    }
}
