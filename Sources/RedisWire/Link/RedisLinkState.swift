/// Whether a link can be used, and if not, why.
public enum RedisLinkState: Equatable, Sendable {
    /// No usable connection; nil before the first attempt ended. The link keeps trying unless it was closed.
    case down(RedisError?)
    /// A connection that was greeted; each one has a higher generation than the one before it.
    case up(generation: UInt64)
}
