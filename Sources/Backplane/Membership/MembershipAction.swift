public import SignalDomain

/// What the membership machine asks its runner to do, in this order.
public enum MembershipAction: Hashable, Sendable {
    /// Connect to the backplane under this instance.
    case connect(NodeInstance)
    /// Begin a new life: pick a new instance and call `begin(as:)`.
    case refence
    /// Drop the connection and dial again.
    case reconnect(after: LinkLoss, reason: String)
    case call(BackplaneCommand)
    /// Other nodes know other shards; the node tries again until they agree.
    case mismatched
    /// The node is registered for the first time.
    case ready
    /// The node lost touch with the shared state, or found it again.
    case degraded(Bool)
    /// A join has its answer.
    case answer(ConnectionID, JoinAnswer)
    /// A session of this node lost its place and must close its socket.
    case close(RoomKey, PeerID, ConnectionID, MembershipLoss)
    /// The nodes that a broadcast in this room must reach, besides this one.
    case interest(RoomKey, [NodeInstance])
    /// Somebody came, moved, changed or went.
    case presence(RoomKey, PresenceChange)
    /// The room was announced and read: its view is valid.
    case synced(RoomKey)
}

/// The answer to a join.
public enum JoinAnswer: Hashable, Sendable {
    /// Admitted; the record's flags carry `.island` when no shared state confirmed it.
    case admitted(Placement)
    /// Another live session owns the peer ID.
    case inUse
    /// A newer connection of the same session is live.
    case stale
    /// The resume token is wrong, or missing where it is needed.
    case denied
    case full
    /// Nobody can say now; come back later.
    case unavailable
}

/// A place in a room.
public struct Placement: Hashable, Sendable {
    public var record: MemberRecord
    /// Whether the session held the place before.
    public var isResumed: Bool
    /// What waits for the session.
    public var inbox: [InboxEntry]

    public init(record: MemberRecord, isResumed: Bool = false, inbox: [InboxEntry] = []) {
        self.record = record
        self.isResumed = isResumed
        self.inbox = inbox
    }
}

/// Why a session of this node lost its place.
public enum MembershipLoss: Hashable, Sendable {
    /// A newer session took the peer ID over.
    case replaced
    /// A newer connection of the same session is live elsewhere.
    case stale
    /// Another owner's session keeps the peer ID, as found after an outage.
    case inUse
}

extension MembershipLoss {
    init(_ cause: AnnounceLoss.Cause) {
        switch cause {
        case .replaced: self = .replaced
        case .inUse: self = .inUse
        case .stale: self = .stale
        }
    }
}

/// A change among the members of a room.
public enum PresenceChange: Hashable, Sendable {
    case joined(PeerID, MemberRecord)
    case updated(PeerID, MemberRecord)
    case left(PeerID, MemberRecord, LeaveReason)
    /// A member of this node came or changed, without a reason, or went.
    case changedHere(PeerID, LeaveReason?)
}
