/// Something that happened to who can be found in a room.
public enum RendezvousChange: Hashable, Sendable {
    /// A record is new or has another content.
    case registered(RendezvousEntry)
    /// A record is gone: taken back, run out, or its peer has left.
    case removed(PeerID, change: Int64)

    /// Its place in the room's order of changes.
    public var number: Int64 {
        switch self {
        case .registered(let entry): entry.change
        case .removed(_, let change): change
        }
    }

    /// The record, or `{peerId,namespace,room}` of one that is gone.
    public func json(in room: RoomKey) -> [UInt8] {
        switch self {
        case .registered(let entry): return entry.json(in: room)
        case .removed(let peer, _):
            var gone = JSONObjectText()
            gone.add("peerId", peer.text)
            gone.add("namespace", room.namespace)
            gone.add("room", room.room)
            return gone.closed
        }
    }
}

/// What happened after a change number, oldest first.
public struct RendezvousChanges: Hashable, Sendable {
    public let changes: [RendezvousChange]
    /// Where the next question goes on.
    public let through: Int64
    /// There is more to fetch right now.
    public let hasMore: Bool

    /// - Parameters:
    ///   - changes: in any order; what lies beyond `through` is left for the next question.
    ///   - through: the number up to which all kinds of changes were read.
    public init(_ changes: [RendezvousChange], through: Int64, hasMore: Bool) {
        self.changes = changes.filter { $0.number <= through }.sorted { $0.number < $1.number }
        self.through = through
        self.hasMore = hasMore
    }
}
