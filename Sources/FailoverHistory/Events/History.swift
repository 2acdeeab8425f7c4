/// Everything that one failover run recorded: the judge needs nothing else.
public struct History: Sendable, Codable {
    /// The seed of every random choice of the run.
    public var seed: UInt64
    /// Processor, cores and system, for people.
    public var machine: String
    /// Wall time of the start, ISO 8601.
    public var startedAt: String
    public var timing: Timing
    /// In any order: each thread may record on its own, the checker sorts (stably, by `at`).
    public var events: [Event]

    public init(seed: UInt64, machine: String, startedAt: String, timing: Timing = Timing(), events: [Event] = []) {
        self.seed = seed
        self.machine = machine
        self.startedAt = startedAt
        self.timing = timing
        self.events = events
    }

    public mutating func append(_ kind: Event.Kind, at: Int64) {
        events.append(Event(at: at, kind))
    }
}

/// The timings of the cluster under test, in microseconds.
public struct Timing: Sendable, Hashable, Codable {
    /// `LEASE_MS`.
    public var lease: Int64
    /// `HEARTBEAT_MS`.
    public var heartbeat: Int64
    /// `LEAVE_WINDOW_MS`: how long a lost socket may be resumed while its node lives.
    public var leaveWindow: Int64

    public init(lease: Int64 = 5_000_000, heartbeat: Int64 = 500_000, leaveWindow: Int64 = 30_000_000) {
        self.lease = lease
        self.heartbeat = heartbeat
        self.leaveWindow = leaveWindow
    }
}
