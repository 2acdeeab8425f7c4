/// How far a caller has read a room's changes: everything from `low` to `high` was delivered.
public struct RendezvousPosition: Hashable, Sendable {
    /// The position of a caller that has read nothing.
    public static let start = RendezvousPosition(high: 0, low: 0)

    /// The greatest change delivered; 0 = none.
    public let high: Int64
    /// The least change delivered while older ones are still to come; 0 = none are.
    public let low: Int64

    public init(high: Int64, low: Int64) {
        self.high = high
        self.low = low
    }
}
