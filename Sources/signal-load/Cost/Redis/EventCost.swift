/// What one event asks of Redis, on average.
struct EventCost: Sendable, Equatable {
    let events: Int
    /// What nodes send; a script counts once.
    let commands: Double
    /// Calls inside scripts.
    let callsInScripts: Double
    /// Nil when it drowns in what the server needs anyway.
    var cpuMicros: Double?
    let bytesIn: Double
    let bytesOut: Double

    /// Who sends the `PUBLISH` of an event: `INFO` does not tell those of nodes from those inside scripts, and no event
    /// of a row has both.
    enum Publisher { case nodes, scripts }

    /// What scripts of rooms never call; everything else is theirs, but for `PUBLISH`.
    private static let nodesOnly: Set = ["evalsha", "sadd", "srem", "srandmember", "ping"]

    /// - Parameter count: what the figures are divided by, when that is not the number of events: seconds, for example.
    init(_ activity: RedisActivity, events: Int, per count: Double? = nil, publisher: Publisher) {
        let all = activity.calls.values.reduce(0, +)
        let names = publisher == .nodes ? Self.nodesOnly.union(["publish"]) : Self.nodesOnly
        let commands = activity.calls.reduce(0) { names.contains($1.key) ? $0 + $1.value : $0 }
        let count = count ?? Double(max(1, events))
        self.events = events
        self.commands = Double(commands) / count
        callsInScripts = Double(all - commands) / count
        cpuMicros = activity.cpuMicros / count
        (bytesIn, bytesOut) = (Double(activity.bytesIn) / count, Double(activity.bytesOut) / count)
    }
}
