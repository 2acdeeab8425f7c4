/// Where the drawing puts its parts, and the time that it shows.
struct Frame: Sendable {
    static let width = 1200.0
    static let left = 118.0
    static let right = 1172.0

    /// Microseconds from the start of the run.
    let window: Range<Int64>
    /// Seconds from the start of the run to x.
    let time: Scale

    init(window: Range<Int64>) {
        self.window = window
        let from = Double(window.lowerBound) / 1_000_000
        time = Scale(
            domain: from...max(from + 1, Double(window.upperBound) / 1_000_000), from: Frame.left, to: Frame.right)
    }

    func x(_ moment: Int64) -> Double { time(Double(moment) / 1_000_000) }

    func shows(_ moment: Int64) -> Bool { window.contains(moment) }

    /// `nil` when the span lies outside.
    func visible(_ span: Range<Int64>) -> (x: Double, width: Double)? {
        let part = span.clamped(to: window)
        guard !part.isEmpty else { return nil }
        return (x(part.lowerBound), max(1, x(part.upperBound) - x(part.lowerBound)))
    }
}
