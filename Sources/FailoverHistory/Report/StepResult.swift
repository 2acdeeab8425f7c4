/// What all rounds of one step came to; the JSON field names are those of `signal-load failover --json`.
public struct StepResult: Sendable, Codable {
    public let step: Step
    /// The step's name in reports, as `F1`.
    public let name: String
    /// Rounds whose observation was finished.
    public let n: Int
    /// The rounds' durations together, in seconds.
    public let seconds: Double

    /// From the loss of a node to each `peer-left` of its lost members at each survivor.
    public let detectMs: Quantiles?
    /// From the loss of a socket to the welcome that resumed it.
    public let resumeMs: Quantiles?

    public let sent: Int
    public let acked: Int
    public let ackedLost: Int
    public let ackedLostExplained: Int
    public let lies: Int
    /// Stored, and neither surfaced nor reported before the sender was gone: nobody is left to be told.
    public let senderGone: Int
    public let undecided: Int
    public let unanswered: Int
    public let undeliverable: Int
    public let nacked: Int
    public let contradictions: Int
    public let surfaced: Int
    public let duplicatesWire: Int
    public let duplicatesSurfaced: Int
    public let outOfOrder: Int
    public let misdelivered: Int
    public let localSent: Int
    public let localLost: Int
    /// Share of the signals that cross nodes, before and after the harm.
    public let crossNodeBefore: Double?
    public let crossNodeAfter: Double?

    public let ghosts: Int
    public let missing: Int
    public let leaves: Int
    public let falseLeaves: Int
    public let doubleLeaves: Int
    public let doubleJoins: Int
    public let visibleLeaves: Int
    public let maxDivergenceMs: Double

    public let socketsLost: Int
    public let newSessions: Int
    /// Sessions that began anew although their clients asked for them inside the window.
    public let renewedInWindow: Int
    public let brokenResumes: Int
    public let stranded: Int
    public let maxOverlapMs: Double

    public let exitMs: Quantiles?
    public let degradedAfterMs: Quantiles?
    public let silentlyDegraded: Int
    public let stillDegraded: Int
    /// Leases that nodes lost and replaced; each time what they had under way was fenced.
    public let refences: Int
    public let redisCommandsPerSecond: Double
    /// Processor time over wall time; 1 is one core.
    public let redisCPU: Double
    public let nodeCPU: Double
    public let maxRSSBytes: Int

    /// Upper ends of the 95 % confidence intervals of shares that were measured as zero (rule of three), by field.
    public let upperBounds: [String: Double]
    public internal(set) var goals: [GoalResult] = []
    /// Rounds that began and were never settled.
    public let unsettledRounds: Int

    public var passes: Bool { goals.allSatisfy(\.passes) }
}
