/// Maps values to places on the drawing.
struct Scale: Sendable {
    let domain: ClosedRange<Double>
    /// The places of the domain's ends; the first may be the greater (y grows downwards).
    let from: Double
    let to: Double

    func callAsFunction(_ value: Double) -> Double {
        let width = domain.upperBound - domain.lowerBound
        guard width > 0 else { return from }
        let clamped = min(max(value, domain.lowerBound), domain.upperBound)
        return from + (clamped - domain.lowerBound) / width * (to - from)
    }

    /// Three to seven round values within the domain.
    var ticks: [Double] {
        let width = domain.upperBound - domain.lowerBound
        guard width > 0 else { return [domain.lowerBound] }
        let steps: [Double] = [
            0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000,
        ]
        let step = steps.first { width / $0 <= 5 } ?? width / 4
        return multiples(of: step)
    }

    func multiples(of step: Double) -> [Double] {
        var ticks: [Double] = []
        var tick = (domain.lowerBound / step).rounded(.up) * step
        while tick <= domain.upperBound + step / 1000 {
            ticks.append(tick)
            tick += step
        }
        return ticks
    }
}
