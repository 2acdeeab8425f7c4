public import SignalDomain

/// What the clients of one room on this node have been shown of its members.
///
/// Events are the difference between what was shown and what is: so every client sees joins and leaves of a peer take
/// turns, and a peer that moves between nodes within its session shows nothing.
public struct Roster: Hashable, Sendable {
    /// A member as its room sees it.
    public struct Entry: Hashable, Sendable {
        public var session: SessionID
        public var isLegacy: Bool
        public var isAway: Bool
        /// A JSON object, or empty.
        public var metadata: String
        /// Milliseconds since the epoch of the first join.
        public var since: Int64

        init(_ record: MemberRecord) {
            session = record.session
            isLegacy = record.flags.contains(.legacy)
            isAway = record.flags.contains(.away)
            metadata = record.metadata
            since = record.joinedAt
        }
    }

    public private(set) var entries: [PeerID: Entry]

    init(_ members: [PeerID: MemberRecord]) { entries = members.mapValues(Entry.init) }

    /// Compares one member with what was shown of it.
    ///
    /// - Parameter reason: why it is gone, if it is.
    mutating func update(_ peer: PeerID, _ record: MemberRecord?, reason: LeaveReason) -> [PresenceEvent] {
        let old = entries[peer]
        guard let record else {
            guard old != nil else { return [] }
            entries[peer] = nil
            return [.left(peer, reason)]
        }
        let new = Entry(record)
        guard let old else {
            entries[peer] = new
            return [.joined(peer, new)]
        }
        entries[peer] = new
        if old.session != new.session { return [.left(peer, .replaced), .joined(peer, new)] }
        guard old.isAway != new.isAway || old.metadata != new.metadata else { return [] }
        return [
            .updated(
                peer, metadata: old.metadata == new.metadata ? nil : new.metadata,
                isAway: old.isAway == new.isAway ? nil : new.isAway)
        ]
    }

    /// Peers that were shown and may be gone, or are there and were never shown.
    func differing(from members: [PeerID: MemberRecord]) -> [PeerID] {
        let gone = entries.keys.filter { members[$0] == nil }
        let changed = members.filter { entries[$0.key] != Entry($0.value) }.map(\.key)
        return (gone + changed).sorted { $0.text < $1.text }
    }
}

/// What a room's clients hear of a member.
public enum PresenceEvent: Hashable, Sendable {
    case joined(PeerID, Roster.Entry)
    case left(PeerID, LeaveReason)
    /// Nil = unchanged.
    case updated(PeerID, metadata: String?, isAway: Bool?)

    public var peer: PeerID {
        switch self {
        case .joined(let peer, _), .left(let peer, _), .updated(let peer, _, _): peer
        }
    }
}
