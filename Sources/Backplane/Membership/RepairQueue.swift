/// Commands of recovery and sweeps, let out a few at a time so that joins and heartbeats never queue behind thousands.
struct RepairQueue: Sendable {
    private var waiting: [BackplaneCommand] = []
    private var next = 0
    private var inFlight: Set<BackplaneCommand> = []

    var isEmpty: Bool { next == waiting.count && inFlight.isEmpty }

    mutating func append(_ command: BackplaneCommand) { waiting.append(command) }

    /// The next command that may go, if the limit allows one.
    mutating func release(limit: Int) -> BackplaneCommand? {
        guard inFlight.count < limit, next < waiting.count else { return nil }
        let command = waiting[next]
        next += 1
        if next == waiting.count {
            waiting.removeAll(keepingCapacity: false)
            next = 0
        }
        inFlight.insert(command)
        return command
    }

    /// Whether the command was let out by this queue; it no longer counts.
    mutating func finish(_ command: BackplaneCommand) -> Bool { inFlight.remove(command) != nil }

    mutating func clear() { self = RepairQueue() }
}
