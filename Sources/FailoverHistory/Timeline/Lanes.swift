/// A lane per node and one for Redis.
struct Lanes: Sendable {
    static let laneHeight = 24.0

    let frame: Frame
    let nodes: [NodeLife]
    let redisAway: Intervals
    let redisLosses: [Int64]

    var height: Double { Double(nodes.count + 1) * Lanes.laneHeight }

    func draw(on canvas: inout Canvas, top: Double) {
        for (index, node) in nodes.enumerated() {
            let y = top + Double(index) * Lanes.laneHeight
            canvas.text(node.name, x: Frame.left - 12, y: y + 16, "head", anchor: .end)
            draw(node, on: &canvas, y: y)
        }
        let y = top + Double(nodes.count) * Lanes.laneHeight
        canvas.text("Redis", x: Frame.left - 12, y: y + 16, "head", anchor: .end)
        let up = Intervals([frame.window]).subtracting(redisAway)
        for span in up.spans { bar(span, "up", on: &canvas, y: y) }
        for span in redisAway.spans { bar(span, "down", on: &canvas, y: y) }
        for loss in redisLosses where frame.shows(loss) { cross(at: loss, on: &canvas, y: y) }
    }

    private func draw(_ node: NodeLife, on canvas: inout Canvas, y: Double) {
        for span in node.dead {
            guard let place = frame.visible(span) else { continue }
            let middle = y + Lanes.laneHeight / 2
            canvas.line(x1: place.x, y1: middle, x2: place.x + place.width, y2: middle, "dead")
        }
        for (state, span) in node.spans { bar(span, state.rawValue, on: &canvas, y: y) }
        for kill in node.kills where frame.shows(kill) { cross(at: kill, on: &canvas, y: y) }
    }

    private func bar(_ span: Range<Int64>, _ style: String, on canvas: inout Canvas, y: Double) {
        guard let place = frame.visible(span) else { return }
        canvas.rect(x: place.x, y: y + 5, width: place.width, height: Lanes.laneHeight - 10, style, radius: 2)
    }

    private func cross(at moment: Int64, on canvas: inout Canvas, y: Double) {
        Marks.cross(on: &canvas, x: frame.x(moment), y: y + Lanes.laneHeight / 2)
    }
}

/// Signs that lanes and legend share.
enum Marks {
    static func cross(on canvas: inout Canvas, x: Double, y: Double) {
        canvas.line(x1: x - 4, y1: y - 4, x2: x + 4, y2: y + 4, "kill")
        canvas.line(x1: x - 4, y1: y + 4, x2: x + 4, y2: y - 4, "kill")
    }
}
