/// The verdict and the figures that have to be zero.
struct Header: Sendable {
    static let height = 168.0

    let report: Report
    /// The steps that the drawing shows.
    let steps: [StepResult]

    private var passes: Bool { !steps.isEmpty && steps.allSatisfy(\.passes) }

    func draw(on canvas: inout Canvas) {
        let verdict = passes ? "PASS" : "FAIL"
        canvas.rect(x: 28, y: 22, width: 78, height: 32, passes ? "pass" : "fail", radius: 6)
        canvas.text(verdict, x: 67, y: 43.5, "pill", anchor: .middle)
        canvas.text("Failover, seen by every client", x: 122, y: 46, "title")
        let rounds = steps.reduce(0) { $0 + $1.n }
        let world = [
            "\(Figure.grouped(report.clients)) clients", "\(rounds) \(rounds == 1 ? "round" : "rounds") of harm",
            "\(Figure.grouped(steps.reduce(0) { $0 + $1.sent })) reliable signals",
            "lease \(Figure.seconds(Double(report.timing.lease) / 1000))", "seed \(report.seed)",
        ]
        canvas.text(world.joined(separator: "  ·  "), x: Frame.right, y: 34, "soft", anchor: .end)
        canvas.text("\(report.machine)  ·  \(report.startedAt)", x: Frame.right, y: 52, "tiny", anchor: .end)
        let tiles = tiles
        let width = (Frame.right - 28 + 16) / Double(tiles.count)
        for (index, tile) in tiles.enumerated() {
            draw(tile, on: &canvas, x: 28 + Double(index) * width, width: width - 16)
        }
    }

    private struct Tile {
        let count: Int
        let what: String
        let among: String
    }

    private var tiles: [Tile] {
        func sum(_ field: KeyPath<StepResult, Int>) -> Int { steps.reduce(0) { $0 + $1[keyPath: field] } }
        let acked = sum(\.acked)
        let bound = StepResult.upperBounds([("acked", sum(\.ackedLost), acked)])["acked"]
        let certainty = bound.map { ", ≤ \(Figure.share($0)) at 95 %" } ?? ""
        return [
            Tile(
                count: sum(\.ackedLost), what: "acknowledged and lost", among: "of \(Figure.grouped(acked))\(certainty)"
            ),
            Tile(
                count: sum(\.ghosts) + sum(\.missing), what: "ghosts or missing members",
                among: "in views, Redis and nodes"),
            Tile(
                count: sum(\.falseLeaves) + sum(\.doubleLeaves), what: "false or double peer-left",
                among: "of \(Figure.grouped(sum(\.leaves))) that clients saw"),
            Tile(
                count: sum(\.duplicatesSurfaced), what: "duplicates surfaced",
                among: "\(Figure.grouped(sum(\.duplicatesWire))) on the wire, swallowed"),
        ]
    }

    private func draw(_ tile: Tile, on canvas: inout Canvas, x: Double, width: Double) {
        canvas.rect(x: x, y: 76, width: width, height: 70, "panel", radius: 8)
        let figure = Figure.grouped(tile.count)
        canvas.text(figure, x: x + 16, y: 123, tile.count == 0 ? "zero" : "nonzero")
        let textX = x + 30 + Double(figure.count) * 21
        canvas.text(tile.what, x: textX, y: 107, "head")
        canvas.text(tile.among, x: textX, y: 126, "tiny")
    }
}
