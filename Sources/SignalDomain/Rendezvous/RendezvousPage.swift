/// The answer to one discover.
public struct RendezvousPage: Hashable, Sendable {
    /// Newest first.
    public let entries: [RendezvousEntry]
    /// Where the next discover goes on.
    public let position: RendezvousPosition
    /// There is more to fetch right now.
    public let hasMore: Bool

    public init(entries: [RendezvousEntry], position: RendezvousPosition, hasMore: Bool) {
        self.entries = entries
        self.position = position
        self.hasMore = hasMore
    }

    /// Chooses from `entries`: first those that changed after `position`, oldest change first, then those that earlier
    /// pages did not reach, newest change first. A caller that follows the positions gets every change once.
    ///
    /// - Parameter entries: live records in any order; those beyond the first `limit` + 1 of either kind may be absent.
    public init(of entries: [RendezvousEntry], limit: Int, after position: RendezvousPosition?) {
        let limit = max(1, limit)
        let live = entries.sorted { $0.change > $1.change }
        let from = position ?? RendezvousPosition(high: 0, low: .max)
        let newer = position == nil ? [] : live.filter { $0.change > from.high }.reversed().prefix(limit)
        let older = live.filter { $0.change < from.low && (position == nil || $0.change <= from.high) }
        let delivered = older.prefix(limit - newer.count)

        let hasNewer = position != nil && live.contains { $0.change > (newer.last?.change ?? from.high) }
        let hasOlder = older.count > delivered.count
        let high = newer.last?.change ?? (position == nil ? delivered.first?.change ?? 0 : from.high)
        let low = hasOlder ? delivered.last?.change ?? from.low : 0
        self.init(
            entries: (newer + delivered).sorted { ($0.seenAt, $0.change) > ($1.seenAt, $1.change) },
            position: RendezvousPosition(high: high, low: low), hasMore: hasNewer || hasOlder)
    }

    /// The same page with at most `count` entries, after which the caller goes on as after any other page.
    ///
    /// - Parameter position: the one that this page was asked for with.
    public func first(_ count: Int, after position: RendezvousPosition?) -> RendezvousPage {
        guard count < entries.count else { return self }
        let shorter = RendezvousPage(of: entries, limit: count, after: position)
        // Of what lies behind this page, only this page knows.
        let low = shorter.position.low == 0 ? self.position.low : shorter.position.low
        return RendezvousPage(
            entries: shorter.entries, position: RendezvousPosition(high: shorter.position.high, low: low),
            hasMore: true)
    }
}
