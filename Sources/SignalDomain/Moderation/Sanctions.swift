/// What a node knows of the decisions of moderators: a mirror of what the store holds, and the copy that survives it.
///
/// A pure value; times are milliseconds since the epoch and come from the caller.
public struct Sanctions: Sendable {
    /// What somebody may expect in a room.
    public struct Verdict: Hashable, Sendable {
        /// Why the socket must close; nil = it may stay.
        public var closing: CloseReason?
        /// Until when signals are refused; 0 = they are not, `Int64.max` = until the mute is lifted.
        public var mutedUntil: Int64 = 0

        public static let free = Verdict()

        public init(closing: CloseReason? = nil, mutedUntil: Int64 = 0) {
            self.closing = closing
            self.mutedUntil = mutedUntil
        }
    }

    private var entries: [String: SanctionEntry] = [:]

    public init() {}

    /// Every decision, liftings too, in the order of their ids.
    public var all: [SanctionEntry] { entries.values.sorted { $0.id < $1.id } }

    public var isEmpty: Bool { entries.isEmpty }

    /// Whether any decision is about an address: only then its hash must be known.
    public private(set) var concernsAddresses = false

    /// The blocks that were not lifted, in the order of their ids.
    public var blocks: [SanctionEntry] { all.filter { $0.sanction.kind == .block && !$0.isLifted } }

    public func entry(_ id: String) -> SanctionEntry? { entries[id] }

    /// Takes a decision over; false when a newer one is known.
    @discardableResult
    public mutating func apply(_ entry: SanctionEntry) -> Bool {
        if let known = entries[entry.id], known.stamp >= entry.stamp { return false }
        entries[entry.id] = entry
        if case .address = entry.sanction.target { concernsAddresses = true }
        return true
    }

    /// Takes over what a store holds, and answers what it lacks of the decisions that it should hold.
    ///
    /// - Parameter isHeld: whether a decision belongs into that store.
    public mutating func merge(
        _ stored: [SanctionEntry], now: Int64, isHeld: (Sanction) -> Bool
    ) -> [SanctionEntry] {
        var stamps: [String: Int64] = [:]
        for entry in stored {
            stamps[entry.id] = entry.stamp
            apply(entry)
        }
        return all.filter {
            isHeld($0.sanction) && $0.sanction.isInForce(at: now) && (stamps[$0.id] ?? -1) < $0.stamp
        }
    }

    /// Forgets what no longer holds, and liftings that are older than `liftedMs`.
    public mutating func prune(now: Int64, liftedMs: Int64) {
        entries = entries.filter { _, entry in
            entry.sanction.isInForce(at: now) && !(entry.isLifted && entry.stamp < now - liftedMs)
        }
        concernsAddresses = entries.values.contains {
            if case .address = $0.sanction.target { true } else { false }
        }
    }

    /// What holds for a peer in a room.
    ///
    /// - Parameter address: the keyed hash of its client address; needed only where `concernsAddresses`.
    public func verdict(
        on principal: Principal, peer: PeerID?, address: String?, in room: RoomKey, now: Int64
    ) -> Verdict {
        guard !entries.isEmpty else { return .free }
        var targets: [Sanction.Target] = []
        if let peer { targets.append(.peer(peer)) }
        if let subject = principal.subject { targets.append(.subject(subject)) }
        if let address { targets.append(.address(address)) }
        var verdict = Verdict.free
        if let token = principal.tokenID, holds(.revocation, .token(token), nil, now) != nil {
            verdict.closing = .tokenRevoked
        }
        if let subject = principal.subject, holds(.revocation, .subject(subject), nil, now) != nil {
            verdict.closing = .tokenRevoked
        }
        for target in targets where verdict.closing == nil {
            if holds(.ban, target, room, now) != nil || holds(.ban, target, nil, now) != nil {
                verdict.closing = .banned
            }
        }
        if verdict.closing == nil, holds(.closure, .room, room, now) != nil { verdict.closing = .roomClosed }
        for target in targets {
            for scope in [room, nil] {
                guard let mute = holds(.mute, target, scope, now) else { continue }
                verdict.mutedUntil = max(verdict.mutedUntil, mute.expiresAt ?? .max)
            }
        }
        return verdict
    }

    private func holds(
        _ kind: Sanction.Kind, _ target: Sanction.Target, _ room: RoomKey?, _ now: Int64
    ) -> Sanction? {
        guard let entry = entries[Sanction(kind, of: target, in: room).id], !entry.isLifted else { return nil }
        return entry.sanction.isInForce(at: now) ? entry.sanction : nil
    }
}
