import ScaleSimulation

/// Plays the story of a hundred nodes and a million peers, and says what it cost.
@main
struct ScaleReport {
    static func main() throws {
        let prices = try RedisPrices.measure()
        for kind in CommandKind.allCases { print(kind, prices[kind]) }
    }
}
