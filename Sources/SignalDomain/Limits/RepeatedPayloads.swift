/// Notices a sender that sends the same payload again and again.
///
/// A value per session, empty until its first message. It follows the payloads that the sender used last, each in its
/// own window; a payload is forgotten only after `maxTracked` other ones came in between, so mixing in other text
/// hides nothing but a repeat that is rare among them.
public struct RepeatedPayloads: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Equal payloads admitted within a window; 0 = unlimited.
        public var maxEqual = 20
        /// Milliseconds from the first of equal payloads to the end of their window.
        public var windowMs: Int64 = 10_000
        /// Different payloads that are followed at once: 24 bytes each.
        public var maxTracked = 32

        public init() {}
    }

    private let limits: Limits
    /// The payload used last stands last.
    private var tracked: [(hash: UInt64, window: FixedWindow)] = []

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// False when the sender has used up its equal payloads.
    ///
    /// - Parameters:
    ///   - hash: the payload's `PayloadHash`.
    ///   - nowMs: milliseconds of a clock that never goes back.
    public mutating func admit(_ hash: UInt64, nowMs: Int64) -> Bool {
        guard limits.maxEqual > 0, limits.maxTracked > 0 else { return true }
        var window = FixedWindow(startedMs: nowMs)
        if let place = tracked.lastIndex(where: { $0.hash == hash }) {
            window = tracked.remove(at: place).window
        } else if tracked.count >= limits.maxTracked {
            tracked.removeFirst()
        }
        let verdict = window.admit(limit: limits.maxEqual, windowMs: limits.windowMs, nowMs: nowMs)
        tracked.append((hash, window))
        return verdict == .admitted
    }
}
