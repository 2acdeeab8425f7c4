/// The line above a panel: what it shows and what it comes to.
struct Caption: Sendable {
    let title: String
    let explanation: String
    let summary: String

    /// - Parameter top: of the panel below.
    func draw(on canvas: inout Canvas, top: Double) {
        canvas.text([(title, "head"), (explanation, "tiny")], x: Frame.left + 8, y: top - 8)
        canvas.text(summary, x: Frame.right - 8, y: top - 8, "tiny", anchor: .end)
    }
}
