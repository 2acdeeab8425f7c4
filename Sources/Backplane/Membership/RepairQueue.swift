import SignalDomain

/// One piece of recovery.
enum RepairTask: Hashable, Sendable {
    /// Announce the room, then read it.
    case recover(RoomKey)
    case sweep(RoomKey, dead: NodeInstance)
}

/// Recovery and sweeps, let out a few at a time so that joins never queue behind thousands of scripts.
struct RepairQueue: Hashable, Sendable {
    private var waiting: [RepairTask] = []
    private var next = 0
    private var known: Set<RepairTask> = []
    private var inFlight: Set<RepairTask> = []

    /// A task that waits already is not added again.
    mutating func append(_ task: RepairTask) {
        if known.insert(task).inserted { waiting.append(task) }
    }

    /// The next task that may begin, if the limit allows one.
    mutating func release(limit: Int) -> RepairTask? {
        guard inFlight.count < limit, next < waiting.count else { return nil }
        let task = waiting[next]
        next += 1
        if next == waiting.count {
            waiting.removeAll(keepingCapacity: false)
            next = 0
        }
        known.remove(task)
        inFlight.insert(task)
        return task
    }

    mutating func finish(_ task: RepairTask) { inFlight.remove(task) }

    mutating func clear() { self = RepairQueue() }
}
