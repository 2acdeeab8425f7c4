import NIOCore

/// What a client has not read of its HTTP answers: how much, and since when something waits. A pure value beside the
/// channel's own buffer.
struct UnreadAnswer: Equatable {
    private(set) var bytes = 0
    private var since: NIODeadline?

    /// Takes the channel's word for what waits.
    ///
    /// - Returns: by how many bytes that has changed.
    mutating func update(to remaining: Int, at now: NIODeadline) -> Int {
        let change = remaining - bytes
        bytes = remaining
        since = remaining > 0 ? since ?? now : nil
        return change
    }

    /// Whether something has waited for longer than `limitMs` without the buffer being empty in between, so that a
    /// reader that takes a byte now and then is not read to either; 0 = never.
    func isOverdue(limitMs: Int, now: NIODeadline) -> Bool {
        guard limitMs > 0, let since else { return false }
        return now - since > .milliseconds(Int64(limitMs))
    }
}
