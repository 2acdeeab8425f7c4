/// The workloads of the performance goals (docs/performance.md).
enum Workload: String, Sendable, CaseIterable, Codable {
    case pairs = "W1"
    case largePairs = "W2"
    case fanOut = "W3"
    case idle = "W4"
    case churn = "W5"
    case cluster = "W6"

    /// Idle connections first: memory that an earlier workload has freed would hide what they cost.
    static let inOrder: [Workload] = [.idle, .pairs, .largePairs, .fanOut, .churn, .cluster]

    /// Only the first opening of the connections shows what they cost: later ones reuse the memory of the first.
    var isRepeatable: Bool { self != .idle }

    /// Length of the JSON text of a small signal (an ICE candidate) and of a large one (an SDP offer).
    static let smallMessageBytes = 180
    static let largeMessageBytes = 2_560
}
