/// Says what something costs Redis: it reads before, lets it happen, waits until Redis is quiet again, and reads after.
///
/// Confined to the task that measures.
final class CostMeter {
    private var probe: ActivityProbe
    /// Of the cluster as it is now.
    private(set) var idle: IdleRate?

    /// Redis counts as quiet when nothing but heartbeats has come for so long. Confirmations wait for 75 ms at most.
    private static let quiet = Duration.milliseconds(150)
    /// CPU time that is less than this part of what the idle server takes meanwhile is noise.
    private static let discernible = 1.0
    private static let patience = Duration.seconds(10)

    init(probe: ActivityProbe) {
        self.probe = probe
    }

    /// What happens while nobody does anything; from now on it is taken off.
    ///
    /// - Returns: the activity of `duration`, with the seconds it took.
    func measureIdle(for duration: Duration) async throws -> (activity: RedisActivity, seconds: Double) {
        _ = try await settled()
        let measured = try await observe { try await Task.sleep(for: duration) }
        guard let rate = IdleRate(measured.activity, seconds: measured.seconds) else {
            throw RigFailure("no node sends heartbeats")
        }
        idle = rate
        return measured
    }

    /// Everything that Redis does meanwhile.
    func observe(
        _ body: () async throws -> Void
    ) async throws -> (activity: RedisActivity, seconds: Double) {
        let before = try await probe.read()
        let start = ContinuousClock.now
        try await body()
        let after = try await probe.read()
        return (after - before, (ContinuousClock.now - start).inSeconds)
    }

    /// The cost of `events` that `body` causes.
    ///
    /// - Parameter scripts: that are sure to come; waited for, should the nodes be slow.
    func measure(
        _ events: Int, publisher: EventCost.Publisher = .scripts, awaiting scripts: Int = 0,
        _ body: () async throws -> Void
    ) async throws -> EventCost {
        guard let idle else { throw RigFailure("nothing was measured while the cluster was idle") }
        let before = try await settled()
        let start = ContinuousClock.now
        try await body()
        let after = try await settled { (($0 - before).calls["evalsha"] ?? 0) >= scripts }
        let seconds = (ContinuousClock.now - start).inSeconds
        let activity = idle.removed(from: after - before, seconds: seconds)
        var cost = EventCost(activity, events: events, publisher: publisher)
        if activity.cpuMicros < seconds * idle.cpuMicrosPerSecond * Self.discernible { cost.cpuMicros = nil }
        return cost
    }

    /// The first reading after a pause in which nothing but heartbeats came.
    private func settled(
        after condition: (RedisActivity) -> Bool = { _ in true }
    ) async throws -> RedisActivity {
        let start = ContinuousClock.now
        var last = try await probe.read()
        while ContinuousClock.now - start < Self.patience {
            try await Task.sleep(for: Self.quiet)
            let next = try await probe.read()
            let isQuiet = idle?.removed(from: next - last, seconds: 0).calls.isEmpty ?? true
            let isComplete = condition(next) || ContinuousClock.now - start > Self.patience / 3
            if isQuiet, isComplete { return next }
            last = next
        }
        throw RigFailure("Redis does not come to rest within \(Self.patience)")
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
