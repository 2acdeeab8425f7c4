import NIOCore

/// The life of a link: dial, greet, up, lost, pause, dial again, until closed.
///
/// A pure value: it performs nothing and reads no clock. Each attempt has a number, so that what an earlier attempt
/// reports late is recognised and ignored.
struct LinkLife {
    typealias Attempt = UInt64

    enum Phase: Equatable {
        case idle
        case dialing(Attempt)
        case greeting(Attempt)
        case up(Attempt, since: NIODeadline)
        case pausing(Attempt)
        case closed
    }

    private(set) var phase: Phase = .idle
    /// The number of connections that came up.
    private(set) var generation: UInt64 = 0
    private var attempts: Attempt = 0
    private var backoff: Backoff
    private let stableAfter: TimeAmount

    init(backoff: Backoff, stableAfter: TimeAmount) {
        self.backoff = backoff
        self.stableAfter = stableAfter
    }

    var isUp: Bool {
        if case .up = phase { true } else { false }
    }

    /// The attempt to dial now, or nil if the link runs already or was closed.
    mutating func start() -> Attempt? {
        phase == .idle ? dial() : nil
    }

    /// True if the connection is wanted; an unwanted one is to be closed.
    mutating func connected(_ attempt: Attempt) -> Bool {
        guard phase == .dialing(attempt) else { return false }
        phase = .greeting(attempt)
        return true
    }

    /// The generation of a connection whose greeting succeeded.
    mutating func greeted(_ attempt: Attempt, now: NIODeadline) -> UInt64? {
        guard phase == .greeting(attempt) else { return nil }
        phase = .up(attempt, since: now)
        generation += 1
        return generation
    }

    /// The connection works: the pauses of before it are forgotten.
    mutating func trust() {
        if isUp { backoff.reset() }
    }

    /// The pause before the next attempt, or nil if this one is over already.
    mutating func ended(
        _ attempt: Attempt, now: NIODeadline, using generator: inout some RandomNumberGenerator
    ) -> TimeAmount? {
        switch phase {
        case .dialing(attempt), .greeting(attempt): break
        case .up(attempt, let since): if now - since >= stableAfter { backoff.reset() }
        default: return nil
        }
        phase = .pausing(attempt)
        return backoff.next(using: &generator)
    }

    /// The attempt to dial after a pause, or nil if the pause was cut short.
    mutating func pauseEnded(_ attempt: Attempt) -> Attempt? {
        phase == .pausing(attempt) ? dial() : nil
    }

    /// The attempt to dial now instead of at the end of a pause; nil if there is no pause.
    mutating func pauseCutShort() -> Attempt? {
        if case .pausing = phase { dial() } else { nil }
    }

    /// False if it was closed before.
    mutating func close() -> Bool {
        guard phase != .closed else { return false }
        phase = .closed
        return true
    }

    private mutating func dial() -> Attempt {
        attempts += 1
        phase = .dialing(attempts)
        return attempts
    }
}
