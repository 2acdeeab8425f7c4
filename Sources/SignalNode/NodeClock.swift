public import SignalDomain

/// The node's two clocks, as parameters: tests turn them by hand.
public struct NodeClock: Sendable {
    /// Milliseconds that never go back.
    public var monotonicMs: @Sendable () -> Int64
    /// Milliseconds since the epoch, as clients see them.
    public var wall: @Sendable () -> Timestamp

    public init(monotonicMs: @escaping @Sendable () -> Int64, wall: @escaping @Sendable () -> Timestamp) {
        self.monotonicMs = monotonicMs
        self.wall = wall
    }
}
