public import NIOCore
public import SignalDomain

/// What the cluster machine asks its runner to do, in this order.
public enum ClusterAction: Hashable, Sendable {
    /// Presence and sync are settled here already and never passed on.
    case membership(MembershipAction)
    /// A room is never asked for again by this one.
    case delivery(DeliveryAction)
    /// A dialect 2 session has its place: it hears this first.
    case welcome(ConnectionID, Arrival)
    /// Something about one member, for the clients that were welcomed before.
    case presence(PresenceEvent, in: RoomKey, version: UInt64, to: [PeerID: ConnectionID])
    /// Much has happened in a room at once, as after an outage: its clients are sent the whole list.
    case resync(RoomList, in: RoomKey, to: [PeerID: ConnectionID])
    /// Hands a best effort signal to a client of this node.
    case pass(ConnectionID, ByteBuffer)
    /// Sends a best effort signal to the inbox of another node.
    case forward(InboxFrame, to: NodeInstance)
    /// A best effort signal went nowhere because the other nodes are out of reach.
    case dropped
}

/// What a session is told when it has its place.
public struct Arrival: Hashable, Sendable {
    public var place: Place
    public var record: MemberRecord
    public var isResumed: Bool
    /// Everybody else in the room, by name.
    public var members: [PeerID: Roster.Entry]
    /// The version of the room at which this is so.
    public var version: UInt64
}

/// A room as it is after many changes.
public struct RoomList: Hashable, Sendable {
    /// The changes, which the list says already.
    public var events: [PresenceEvent]
    /// Everybody in the room.
    public var members: [PeerID: Roster.Entry]
    /// The version of the room at which this is so.
    public var version: UInt64
}

/// A directed signal of a peer of this node, for one target.
public struct DirectedSignal: Sendable {
    public var sender: Place
    public var connection: ConnectionID
    public var to: PeerID
    /// The client's `id` as JSON text; nil = best effort.
    public var id: String?
    /// The stamped JSON object, without `seq`.
    public var payload: ByteBuffer

    public init(sender: Place, connection: ConnectionID, to: PeerID, id: String?, payload: ByteBuffer) {
        self.sender = sender
        self.connection = connection
        self.to = to
        self.id = id
        self.payload = payload
    }
}

/// How a socket of a session ended.
public enum Departure: Hashable, Sendable {
    /// The session is over.
    case left(LeaveReason)
    /// The session may come back within its window.
    case lost
}
