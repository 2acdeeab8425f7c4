/// Notices a sender that sends the same payload again and again.
///
/// A ring of the sender's last admitted payloads; a value per session, empty until its first message. The ring is
/// three times the limit, so a repeat is seen when it makes up a third of the sender's messages or more; the message
/// budget bounds everybody else.
public struct RepeatedPayloads: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Equal payloads admitted within a window; 0 = unlimited.
        public var maxEqual = 20
        /// Milliseconds that a payload is remembered.
        public var windowMs: Int64 = 10_000

        public init() {}
    }

    private struct Entry {
        var hash: UInt64
        var atMs: Int64
    }

    private let limits: Limits
    private let capacity: Int
    private var ring: [Entry] = []
    private var next = 0

    public init(limits: Limits = Limits()) {
        self.limits = limits
        self.capacity = max(0, min(limits.maxEqual, 1000)) * 3
    }

    /// False when the sender has used up its equal payloads; what is refused does not count.
    ///
    /// - Parameters:
    ///   - hash: the payload's `PayloadHash`.
    ///   - nowMs: milliseconds of a clock that never goes back.
    public mutating func admit(_ hash: UInt64, nowMs: Int64) -> Bool {
        guard capacity > 0 else { return true }
        var equal = 0
        for entry in ring where entry.hash == hash && nowMs - entry.atMs < limits.windowMs { equal += 1 }
        guard equal < limits.maxEqual else { return false }
        let entry = Entry(hash: hash, atMs: nowMs)
        if ring.count < capacity {
            ring.append(entry)
        } else {
            ring[next] = entry
            next = (next + 1) % capacity
        }
        return true
    }
}
