/// What the colours and signs mean: a row for the lanes, a row for the panels.
struct Legend: Sendable {
    private enum Sign {
        case box(String)
        case stroke(String)
        case dots(String)
        case cross
    }

    private static let rows: [[(sign: Sign, text: String)]] = [
        [
            (.box("up"), "up"), (.box("drain"), "draining"), (.box("paused"), "stopped"),
            (.box("cut"), "cut off from Redis"), (.stroke("dead"), "dead"), (.cross, "killed, or data lost"),
            (.box("down"), "Redis away"),
        ],
        [
            (.dots("resumes"), "a resumed client"), (.dots("detections"), "a peer-left seen"),
            (.stroke("median"), "p50"), (.stroke("tail"), "p99"), (.stroke("goal"), "goal"), (.stroke("gap"), "sent"),
            (.box("acked"), "acknowledged"),
        ],
    ]

    private static let column = 148.0

    func draw(on canvas: inout Canvas, top: Double) {
        for (row, entries) in Legend.rows.enumerated() {
            for (column, entry) in entries.enumerated() {
                let x = Frame.left + Double(column) * Legend.column
                draw(entry.sign, on: &canvas, x: x, y: top + Double(row) * 22)
                canvas.text(entry.text, x: x + 25, y: top + Double(row) * 22 + 10, "tiny")
            }
        }
    }

    private func draw(_ sign: Sign, on canvas: inout Canvas, x: Double, y: Double) {
        switch sign {
        case .box(let style): canvas.rect(x: x, y: y, width: 18, height: 12, style, radius: 2)
        case .stroke(let style): canvas.line(x1: x, y1: y + 6, x2: x + 18, y2: y + 6, style)
        case .dots(let style): canvas.dots([(x + 4, y + 8), (x + 9, y + 4), (x + 14, y + 7)], style)
        case .cross: Marks.cross(on: &canvas, x: x + 9, y: y + 6)
        }
    }
}
