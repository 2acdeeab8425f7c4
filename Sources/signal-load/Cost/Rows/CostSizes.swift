/// How much of everything is measured.
struct CostSizes: Sendable {
    /// Rooms in which peers come, go and die.
    let rooms: Int
    /// Signals, one after the other.
    let signals: Int
    /// Signals in bursts of `burst`.
    let loadSignals: Int
    let burst = 50
    /// Reliable signals at 1/s and at 200/s.
    let slowReliable: Int
    let fastReliable: Int
    /// Seconds of idleness and of steady load.
    let seconds: Double
    /// Nodes; the first cluster carries everything else.
    let clusters: [Int]

    static let full = CostSizes(
        rooms: 40, signals: 100, loadSignals: 2_000, slowReliable: 5, fastReliable: 600, seconds: 5,
        clusters: [3, 10, 30])
    static let quick = CostSizes(
        rooms: 5, signals: 10, loadSignals: 200, slowReliable: 2, fastReliable: 60, seconds: 1, clusters: [3])
}
