/// The steps along the top and the minutes along the bottom, with a rule through all panels at every tick.
struct TimeAxis: Sendable {
    let frame: Frame

    /// - Parameters:
    ///   - top: of the row of steps.
    ///   - bottom: of the last panel.
    func draw(on canvas: inout Canvas, rounds: [Round], top: Double, bottom: Double) {
        for (index, group) in groups(rounds).enumerated() {
            guard let place = frame.visible(group.span) else { continue }
            canvas.rect(
                x: place.x, y: top, width: place.width, height: bottom - top, index % 2 == 0 ? "panel" : "band")
            let label = group.count > 1 ? "\(group.step.rawValue) × \(group.count)" : group.step.rawValue
            let short = group.step.rawValue
            let fitting = [label, short].first { Double($0.count) * 7 < place.width }
            if let fitting { canvas.text(fitting, x: place.x + place.width / 2, y: top + 14, "step", anchor: .middle) }
        }
        for tick in ticks {
            let x = frame.time(tick)
            canvas.line(x1: x, y1: top + 20, x2: x, y2: bottom + 4, "rule")
            canvas.text(Figure.clock(Int64(tick * 1_000_000)), x: x, y: bottom + 18, "tiny", anchor: .middle)
        }
    }

    private var ticks: [Double] {
        let width = frame.time.domain.upperBound - frame.time.domain.lowerBound
        let step = [1.0, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].first { width / $0 <= 14 }
        return frame.time.multiples(of: step ?? 14_400)
    }

    /// Rounds of one step that follow each other.
    private func groups(_ rounds: [Round]) -> [(step: Step, count: Int, span: Range<Int64>)] {
        var groups: [(step: Step, count: Int, span: Range<Int64>)] = []
        for round in rounds {
            if let last = groups.last, last.step == round.step {
                groups[groups.count - 1].count += 1
                groups[groups.count - 1].span = last.span.lowerBound..<round.window.upperBound
            } else {
                groups.append((round.step, 1, round.window))
            }
        }
        return groups
    }
}
