/// One figure of all servers as bars on a scale of their own.
struct BarPanel: Sendable {
    struct Bar: Sendable {
        let server: Server
        let value: Double
        /// What of `value` is Redis; drawn paler.
        var redis = 0.0
        let label: String
    }

    let title: String
    let bars: [Bar]
    /// What this node's bar should not pass; a mark across it.
    var limit: Double?

    static let width = 860.0
    private static let labelWidth = 170.0
    private static let barsEnd = 700.0
    private static let rowHeight = 24.0

    var height: Double { 34 + Double(bars.count) * BarPanel.rowHeight + 12 }

    func draw(on drawing: inout Drawing, at top: Double) {
        let longest = max(bars.map(\.value).max() ?? 0, limit ?? 0)
        let scale = longest > 0 ? (BarPanel.barsEnd - BarPanel.labelWidth) / longest : 0
        let bottom = top + 34 + Double(bars.count) * BarPanel.rowHeight
        drawing.text(title, x: 24, y: top + 20, "head")
        for (row, bar) in bars.enumerated() {
            let y = top + 34 + Double(row) * BarPanel.rowHeight
            let (own, style) = (bar.value - bar.redis, Look.style(of: bar.server))
            let weight = bar.server == .node ? "own" : ""
            drawing.text(
                bar.server.title.replacing("`", with: ""), x: BarPanel.labelWidth - 10, y: y + 14, weight, anchor: .end)
            drawing.rect(x: BarPanel.labelWidth, y: y + 2, width: own * scale, height: 17, style)
            drawing.rect(
                x: BarPanel.labelWidth + own * scale, y: y + 2, width: bar.redis * scale, height: 17, "\(style) part")
            let end = max(bar.value, bar.server == .node ? limit ?? 0 : 0) * scale
            drawing.text(bar.label, x: BarPanel.labelWidth + end + 8, y: y + 14, weight)
            if bar.server == .node, let limit {
                let x = BarPanel.labelWidth + limit * scale
                drawing.line(x1: x, y1: y - 2, x2: x, y2: y + 23, "goal")
            }
        }
        drawing.line(x1: BarPanel.labelWidth, y1: top + 32, x2: BarPanel.labelWidth, y2: bottom, "edge")
    }
}
