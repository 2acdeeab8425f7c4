/// Wrong tokens per address: the first few are free, further ones are answered late, then nothing is checked any more
/// until some are forgotten.
///
/// A plain value that its owner guards. Failures fade one by one, evenly over the window, so that an address is never
/// locked for good, and an address that is refused adds nothing.
public struct TokenFailures: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Failures that are free, and that are forgotten in one window; half as many more are answered late. 0 = nothing
        /// is counted.
        public var max = 10
        public var windowMs: Int64 = 1_800_000
        /// The delay of the first late answer, in milliseconds; it doubles with each further one.
        public var firstDelayMs: Int64 = 250
        /// Addresses that are remembered; while there are as many, no other one is counted.
        public var maxAddresses = 65_536

        public init() {}
    }

    private struct Tally {
        var level: Double
        var atMs: Int64
    }

    public var limits: Limits
    private var tallies: [AddressKey: Tally] = [:]

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Addresses that take memory.
    public var count: Int { tallies.count }

    /// Whether a token of this address may be checked at all.
    public func admit(_ address: AddressKey, nowMs: Int64) -> Admission {
        guard limits.max > 0, let tally = tallies[address] else { return .admitted }
        let excess = strength(of: tally, nowMs) - Double(most) + 1
        guard excess > 0.000_001 else { return .admitted }
        return .refused(retryAfterMs: Swift.max(1, Int64((excess * msPerFailure - 0.000_1).rounded(.up))))
    }

    /// Counts a wrong token.
    ///
    /// - Returns: milliseconds by which the answer should come late.
    public mutating func record(_ address: AddressKey, nowMs: Int64) -> Int64 {
        guard limits.max > 0 else { return 0 }
        if tallies[address] == nil, tallies.count >= limits.maxAddresses { prune(nowMs: nowMs) }
        guard tallies[address] != nil || tallies.count < limits.maxAddresses else { return 0 }
        let before = tallies[address].map { strength(of: $0, nowMs) } ?? 0
        let level = min(before + 1, Double(most))
        tallies[address] = Tally(level: level, atMs: nowMs)
        let late = Int(level.rounded(.up)) - limits.max
        return late > 0 ? limits.firstDelayMs << Int64(min(late - 1, 6)) : 0
    }

    /// Forgets addresses whose failures have faded.
    public mutating func prune(nowMs: Int64) {
        tallies = tallies.filter { strength(of: $0.value, nowMs) > 0 }
    }

    private var most: Int { limits.max + (limits.max + 1) / 2 }

    private var msPerFailure: Double { Double(Swift.max(limits.windowMs, 1)) / Double(Swift.max(limits.max, 1)) }

    private func strength(of tally: Tally, _ nowMs: Int64) -> Double {
        Swift.max(0, tally.level - Double(Swift.max(0, nowMs - tally.atMs)) / msPerFailure)
    }
}
