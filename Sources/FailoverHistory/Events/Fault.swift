/// A harm that the harness does to the cluster.
public enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
    /// SIGKILL of node processes.
    case kill
    /// SIGTERM: drain and exit.
    case terminate
    /// SIGSTOP, until `healed`.
    case pause
    /// Packets between node and Redis vanish, until `healed`.
    case partitionDrop
    /// Connections between node and Redis are reset and refused, until `healed`.
    case partitionReset
    /// SIGSTOP of the Redis primary, until `healed`.
    case redisPause
    /// The Redis primary ends and comes back without data.
    case redisRestartEmpty
    /// FLUSHALL.
    case redisFlush
    /// The Redis primary is killed; Sentinel promotes a replica.
    case redisFailover
    /// The edge reloads its configuration with one node more.
    case edgeReload

    /// Whether the nodes live on, out of reach of the others.
    var isolatesNodes: Bool { self == .pause || self == .partitionDrop || self == .partitionReset }

    /// Whether all nodes lose sight of Redis until `healed`.
    var takesRedisAway: Bool { self == .redisPause || self == .redisRestartEmpty || self == .redisFailover }

    /// Whether Redis may forget what it had accepted.
    var losesRedisData: Bool { self == .redisRestartEmpty || self == .redisFlush || self == .redisFailover }
}

/// A step of the failover specification (cluster.md §7); the raw value is its name in reports.
public enum Step: String, Sendable, Hashable, Codable, CaseIterable {
    case kill = "F1"
    /// What the node said last reaches Redis after its lease.
    case lateCommands = "F1b"
    case rollingRestart = "F2"
    /// Shorter than the lease.
    case shortPause = "F3a"
    /// Longer than the lease.
    case longPause = "F3b"
    case partitionDrop = "F4a"
    case partitionReset = "F4b"
    case redisPause = "F5a"
    case redisRestartEmpty = "F5b"
    case redisFlush = "F5c"
    case redisFailover = "F6a"
    /// The promoted replica lags.
    case redisFailoverLagging = "F6b"
    /// The first dial to the promoted replica is refused.
    case redisFailoverRefused = "F6c"
    case edgeReload = "F7"
    case doubleKill = "F8"
    /// A node and the Redis primary at once.
    case killAndFailover = "F9"
}
