/// What an idle cluster asks of Redis: one script per heartbeat, and the time that passes.
struct IdleRate: Sendable, Equatable {
    /// Calls of one heartbeat, its own and those inside its script; without `PING`, which has a period of its own.
    let calls: [String: Double]
    let bytesIn: Double
    let bytesOut: Double
    /// Of the whole server, heartbeats and its own housekeeping.
    let cpuMicrosPerSecond: Double

    /// What a link says to find out whether it is alive.
    private static let ping = "ping"

    /// Nil when there was no heartbeat.
    init?(_ idle: RedisActivity, seconds: Double) {
        let beats = Double(idle.heartbeats)
        guard beats > 0, seconds > 0 else { return nil }
        calls = idle.calls.filter { $0.key != Self.ping }.mapValues { Double($0) / beats }
        (bytesIn, bytesOut) = (Double(idle.bytesIn) / beats, Double(idle.bytesOut) / beats)
        cpuMicrosPerSecond = idle.cpuMicros / seconds
    }

    /// The activity without the heartbeats that it counts and the time that it took.
    func removed(from activity: RedisActivity, seconds: Double) -> RedisActivity {
        let beats = Double(activity.heartbeats)
        var rest = activity
        for (name, count) in calls { rest.calls[name, default: 0] -= Int((beats * count).rounded()) }
        rest.calls = rest.calls.filter { $0.value != 0 && $0.key != Self.ping }
        rest.bytesIn = max(0, rest.bytesIn - Int((beats * bytesIn).rounded()))
        rest.bytesOut = max(0, rest.bytesOut - Int((beats * bytesOut).rounded()))
        rest.cpuMicros = max(0, rest.cpuMicros - seconds * cpuMicrosPerSecond)
        return rest
    }
}
