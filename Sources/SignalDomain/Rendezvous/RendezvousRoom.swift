/// The registry of one room: who wants to be found, in the order of their changes.
///
/// A plain value without a clock: its owner passes the time and guards it. Expired records are invisible at once and
/// leave memory with the next `register` or `prune`.
public struct RendezvousRoom: Sendable {
    /// What a registration did.
    public struct Registration: Hashable, Sendable {
        public let entry: RendezvousEntry
        /// The content is new or differs from before; false for a refresh.
        public let isChange: Bool
    }

    public let bounds: RendezvousBounds
    private var entries: [PeerID: RendezvousEntry] = [:]
    private var lastChange: Int64 = 0

    public init(bounds: RendezvousBounds = RendezvousBounds()) {
        self.bounds = bounds
    }

    /// Live and expired records in memory.
    public var count: Int { entries.count }

    /// The live record of a peer.
    public func entry(of peer: PeerID, now: Timestamp) -> RendezvousEntry? {
        entries[peer].flatMap { $0.isLive(at: now) ? $0 : nil }
    }

    /// Adds, replaces or refreshes the record of one peer.
    ///
    /// - Parameters:
    ///   - metadata: the text of a JSON object.
    ///   - ttlMs: a value that `RendezvousTTL.normalize` answered.
    ///   - micros: the same time in microseconds, where changes are ordered among those of others.
    /// - Throws: `invalidAddresses`, `invalidMetadata`, `otherOwner` while the peerId is live, `tooManyRecords`.
    public mutating func register(
        peer: PeerID, addresses: [String], metadata: String, ttlMs: Int64, owner: String, now: Timestamp,
        micros: Int64? = nil
    ) throws(RendezvousError) -> Registration {
        try bounds.check(addresses: addresses, metadata: metadata)
        let before = entry(of: peer, now: now)
        if let before, before.owner != owner { throw .otherOwner }
        if before == nil { try makeRoom(for: peer, now: now) }

        let unchanged = before.flatMap { $0.addresses == addresses && $0.metadata == metadata ? $0.change : nil }
        // In microseconds, so that a registry that lost its memory still goes on upwards.
        let change = unchanged ?? max(micros ?? now.milliseconds &* 1000, lastChange + 1)
        lastChange = max(lastChange, change)
        let entry = RendezvousEntry(
            peer: peer, addresses: addresses, metadata: metadata, seenAt: now,
            expiresAt: Timestamp(milliseconds: now.milliseconds + ttlMs), ttlMs: ttlMs, owner: owner, change: change)
        entries[peer] = entry
        return Registration(entry: entry, isChange: unchanged == nil)
    }

    /// Removes the record of one peer; an absent one is no error.
    ///
    /// - Returns: what was removed, if it was live.
    /// - Throws: `otherOwner`.
    public mutating func unregister(
        peer: PeerID, owner: String, now: Timestamp
    ) throws(RendezvousError) -> RendezvousEntry? {
        guard let entry = entry(of: peer, now: now) else { return nil }
        guard entry.owner == owner else { throw .otherOwner }
        entries[peer] = nil
        return entry
    }

    /// All live records, in no order.
    public func entries(now: Timestamp) -> [RendezvousEntry] {
        entries.values.filter { $0.isLive(at: now) }
    }

    /// One page of the live records.
    ///
    /// - Parameters:
    ///   - limit: a value that `RendezvousBounds.discoverLimit` answered.
    ///   - position: nil begins anew with the newest changes.
    public func discover(limit: Int, after position: RendezvousPosition?, now: Timestamp) -> RendezvousPage {
        RendezvousPage(of: entries(now: now), limit: limit, after: position)
    }

    /// Forgets expired records.
    ///
    /// - Returns: what was removed.
    public mutating func prune(now: Timestamp) -> [RendezvousEntry] {
        let expired = entries.values.filter { !$0.isLive(at: now) }
        for entry in expired { entries[entry.peer] = nil }
        return expired
    }

    /// Refuses a peer that would be one too many; expired records make room first.
    private mutating func makeRoom(for peer: PeerID, now: Timestamp) throws(RendezvousError) {
        guard entries.count >= bounds.maxRecordsPerRoom, entries[peer] == nil else { return }
        _ = prune(now: now)
        guard entries.count >= bounds.maxRecordsPerRoom else { return }
        let firstToGo = entries.values.map(\.expiresAt.milliseconds).min() ?? now.milliseconds
        throw .tooManyRecords(retryAfterSeconds: Int(max(1, (firstToGo - now.milliseconds + 999) / 1000)))
    }
}
