import NIOCore

/// The commands of one connection that wait for their replies: Redis answers in order, so it is a queue.
///
/// A pure value: the clock is a parameter, and `Completion` is only carried. Every command has the same patience, so
/// the deadlines are in order too and only the first one needs watching.
struct Pipeline<Completion> {
    private struct Pending {
        let completion: Completion
        let byteCount: Int
        let deadline: NIODeadline
    }

    private var pending = CircularBuffer<Pending>()
    private(set) var pendingBytes = 0
    private let maxBytes: Int
    private let timeout: TimeAmount

    init(maxBytes: Int, timeout: TimeAmount) {
        self.maxBytes = maxBytes
        self.timeout = timeout
    }

    var isEmpty: Bool { pending.isEmpty }

    /// When the first command is overdue.
    var deadline: NIODeadline? { pending.first?.deadline }

    func admits(_ byteCount: Int) -> Bool {
        byteCount <= maxBytes - pendingBytes
    }

    mutating func append(_ completion: Completion, byteCount: Int, now: NIODeadline) {
        pending.append(Pending(completion: completion, byteCount: byteCount, deadline: now + timeout))
        pendingBytes += byteCount
    }

    /// The command that the next reply answers; nil if none waits for one.
    mutating func popFirst() -> Completion? {
        guard let first = pending.popFirst() else { return nil }
        pendingBytes -= first.byteCount
        return first.completion
    }

    func isOverdue(now: NIODeadline) -> Bool {
        deadline.map { $0 <= now } ?? false
    }

    /// Empties the queue, in order.
    mutating func removeAll() -> [Completion] {
        defer {
            pending.removeAll()
            pendingBytes = 0
        }
        return pending.map(\.completion)
    }
}
