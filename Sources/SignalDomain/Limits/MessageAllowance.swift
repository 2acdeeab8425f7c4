/// How the messages of one address are counted.
public enum MessageCounting: String, Hashable, Sendable, CaseIterable {
    /// Over the limit a message is refused; the count starts anew with the first message after its window.
    case drop
    /// Over the limit a message waits; the budget refills steadily, so that each waits a little.
    case delay
}

/// The messages of one address on this node.
enum MessageAllowance: Hashable, Sendable {
    case window(FixedWindow)
    case bucket(TokenBucket)

    init(_ limits: AddressBudget.Limits, nowMs: Int64) {
        switch limits.counting {
        case .drop: self = .window(FixedWindow(startedMs: nowMs))
        case .delay: self = .bucket(TokenBucket(size: limits.maxMessages, nowMs: nowMs))
        }
    }

    mutating func admit(_ cost: Int, _ limits: AddressBudget.Limits, elsewhere: Int, nowMs: Int64) -> Admission {
        switch self {
        case .window(var window):
            let verdict = window.admit(
                cost, limit: limits.maxMessages, windowMs: limits.windowMs, elsewhere: elsewhere, nowMs: nowMs)
            self = .window(window)
            return verdict
        case .bucket(var bucket):
            let verdict = bucket.take(
                cost, size: limits.maxMessages, refillMs: limits.windowMs, elsewhere: elsewhere, nowMs: nowMs)
            self = .bucket(bucket)
            return verdict
        }
    }

    /// What counts against the limit now.
    func used(_ limits: AddressBudget.Limits, nowMs: Int64) -> Int {
        switch self {
        case .window(let window): window.isOver(windowMs: limits.windowMs, nowMs: nowMs) ? 0 : window.count
        case .bucket(let bucket): bucket.used(size: limits.maxMessages, refillMs: limits.windowMs, nowMs: nowMs)
        }
    }
}
