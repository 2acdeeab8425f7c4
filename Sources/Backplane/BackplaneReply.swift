public import SignalDomain

/// What the shared state answers to a command.
public enum BackplaneReply: Hashable, Sendable {
    case done
    /// The node has no lease (any more): it must begin a new life with a new instance id.
    case fenced
    case beat(HeartbeatReply)
    case registered(epoch: String)
    /// Live nodes know other shards; this one was not registered.
    case mismatched
    case agreed(Bool)
    case joined(JoinReply)
    /// The same session already has a newer connection: this socket closes silently.
    case stale
    /// Another live session owns the peer ID.
    case inUse
    /// The resume token is wrong, or missing where it is needed.
    case denied
    /// The session that wants to go on is not known, and others may still have to announce it.
    case unknown
    /// The room is at its capacity.
    case full
    /// The version of the room after the removal, or nil when the connection was not there any more.
    case left(version: UInt64?)
    /// The version of the room after the change; nil when the connection was not there any more, or when nobody else can
    /// see the change.
    case updated(version: UInt64?)
    case sent(SendOutcome)
    /// Members of the page that lost their place to somebody else, with the word to close them with, and the letters
    /// of the others, whose frames may have been lost with the last connection.
    case announced(lost: [AnnounceLoss], waiting: [WaitingLetters] = [])
    case snapshot(RoomSnapshot)
    /// The cursor for the next chunk, 0 when nothing is left, and how many members this one removed.
    case swept(cursor: UInt64, members: Int)
    /// Whether the claim is ours.
    case claimed(Bool)
    case rooms([RoomKey])
    case count(Int)
    case rendezvous(RendezvousOutcome)
    /// The decisions that are stored now, with their stamps.
    case sanctions([SanctionEntry])
    case ticket(TicketHolder?)
    case invites([Invite])
    /// Nil for one that is unknown, and to a redeemer also for one that is over.
    case invite(Invite?)
    case roomPage([RoomKey], cursor: UInt64)
    case occupancy([NodeInstance: Int])
    /// In the order of their instances.
    case nodes([LiveNode])
}

/// The state of the cluster as one heartbeat found it.
public struct HeartbeatReply: Hashable, Sendable {
    /// Names the data set: another epoch means that Redis lost its data.
    public var epoch: String
    /// Milliseconds since the epoch, by the store's clock.
    public var now: Int64
    /// Dead nodes whose rooms still have to be swept.
    public var dead: [NodeInstance]
    /// Nodes that hold a lease, this one included.
    public var nodes: Int
    /// What addresses use over the whole cluster, this node's own part as this heartbeat reported it included.
    public var totals: AddressTotals

    public init(
        epoch: String, now: Int64, dead: [NodeInstance], nodes: Int = 1, totals: AddressTotals = AddressTotals()
    ) {
        self.epoch = epoch
        self.now = now
        self.dead = dead
        self.nodes = nodes
        self.totals = totals
    }
}

/// A place in a room.
public struct JoinReply: Hashable, Sendable {
    public var version: UInt64
    /// The stored record, with `generation` and `joinedAt`.
    public var record: MemberRecord
    /// Members per node that holds any, the joining node included.
    public var interest: [NodeInstance: Int]
    /// The record that this join put aside.
    public var replaced: MemberRecord?
    /// What waits for the session, oldest first.
    public var inbox: [InboxEntry]

    public init(
        version: UInt64, record: MemberRecord, interest: [NodeInstance: Int], replaced: MemberRecord?,
        inbox: [InboxEntry] = []
    ) {
        self.version = version
        self.record = record
        self.interest = interest
        self.replaced = replaced
        self.inbox = inbox
    }
}

/// What became of a directed signal.
public enum SendOutcome: Hashable, Sendable {
    /// It is in the inbox of this session, whose node was told unless it is the sending one.
    case stored(InboxID, session: SessionID, node: NodeInstance)
    /// Best effort: the node of this session was told unless it is the sending one.
    case passed(session: SessionID, node: NodeInstance)
    /// Nobody holds the peer ID, or not the session that was meant.
    case notFound
    /// The inbox of the receiver is full.
    case full
}

/// A member of an announced page that must close.
public struct AnnounceLoss: Hashable, Sendable {
    public enum Cause: UInt8, Hashable, Sendable {
        /// A newer session of the same owner lives elsewhere.
        case replaced = 0
        /// Another owner's session keeps the peer ID.
        case inUse = 1
        /// A newer connection of the same session lives elsewhere.
        case stale = 2
    }

    public var peer: PeerID
    public var connection: ConnectionID
    public var cause: Cause

    public init(peer: PeerID, connection: ConnectionID, cause: Cause) {
        self.peer = peer
        self.connection = connection
        self.cause = cause
    }
}

/// What the inbox of a member holds, oldest first.
public struct WaitingLetters: Hashable, Sendable {
    public var peer: PeerID
    public var session: SessionID
    public var entries: [InboxEntry]

    public init(peer: PeerID, session: SessionID, entries: [InboxEntry]) {
        self.peer = peer
        self.session = session
        self.entries = entries
    }
}

/// All members of a room, with every change up to one version and perhaps some later ones: the changes above it, in their
/// order, make it whole.
public struct RoomSnapshot: Hashable, Sendable {
    /// 0 when the room does not exist.
    public var version: UInt64
    public var members: [PeerID: MemberRecord]
    public var interest: [NodeInstance: Int]

    public init(version: UInt64, members: [PeerID: MemberRecord], interest: [NodeInstance: Int]) {
        self.version = version
        self.members = members
        self.interest = interest
    }
}

/// The answer of the rendezvous commands.
public enum RendezvousOutcome: Hashable, Sendable {
    case registered(RendezvousEntry)
    case unregistered
    case page(RendezvousPage)
    /// Whether the line was not on the list before.
    case reserved(isNew: Bool)
    case changes(RendezvousChanges)
    case refused(RendezvousError)
}

/// Why a command has no answer. The effect of the command is unknown unless the case says otherwise.
public enum BackplaneError: Error, Hashable, Sendable {
    /// Not connected: the command was not sent.
    case unavailable
    /// The connection ended or the deadline passed before the answer came.
    case lost
    /// The store refused the command, or answered what nobody understands.
    case refused(String)
}
