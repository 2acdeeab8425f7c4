import NIOCore

/// The way between one node and Redis.
protocol NodeWire: Sendable {
    /// Everything passes.
    func forward() async throws
    /// Everything passes, each byte `latency` later, in both directions.
    func slow(by latency: TimeAmount) async throws
    /// Nothing passes and nothing is closed: the connections hang.
    func blackhole() async throws
    /// Every connection ends with RST, and new ones are refused.
    func reset() async throws
}
