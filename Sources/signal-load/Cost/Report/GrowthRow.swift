/// A figure that must stay flat while the cluster grows.
struct GrowthRow: Sendable, Encodable {
    let title: String
    /// By number of nodes, the smallest cluster first.
    let sizes: [Int]
    let values: [Double]
    /// How often the first value any later one may be.
    let bound: Double

    static let flat = 1.5

    init(_ title: String, _ measured: [(nodes: Int, value: Double)], bound: Double = flat) {
        (self.title, self.bound) = (title, bound)
        (sizes, values) = (measured.map(\.nodes), measured.map(\.value))
    }

    /// The largest value in terms of the first.
    var growth: Double {
        guard let first = values.first, first > 0, let most = values.max() else { return .infinity }
        return most / first
    }

    var holds: Bool { growth <= bound }

    private enum CodingKeys: String, CodingKey { case title, sizes, values, bound, growth, holds }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(title, forKey: .title)
        try container.encode(sizes, forKey: .sizes)
        try container.encode(values, forKey: .values)
        try container.encode(bound, forKey: .bound)
        try container.encode(growth, forKey: .growth)
        try container.encode(holds, forKey: .holds)
    }
}
