public import SignalDomain

/// One atomic step on the state that nodes share. In Redis each case is one script or command; in memory it is one
/// function of `SharedState`. Both answer with the same `BackplaneReply` (a differential test compares them).
public enum BackplaneCommand: Hashable, Sendable {
    /// REG: makes the node live and tells the others. The node's inbox must be subscribed before.
    case register(NodeInstance, NodeInfo)
    /// Asks whether live nodes know the same shards, without becoming one of them.
    case compareShards(String)
    /// HB: renews the lease, never re-creates it; reaps leases that ran out; echoes `sequence` to the own inbox; keeps
    /// `report` next to the lease.
    case heartbeat(NodeInstance, sequence: UInt64, report: NodeReport = NodeReport())
    /// Ends a drain: the lease runs out `leaseMs` from now unless the sessions move before.
    case retire(NodeInstance, leaseMs: Int)
    /// SADD to the room index of the node: before its first join of the room, on the same pipeline.
    case index(NodeInstance, RoomKey)
    /// SREM from the room index of the node: after its last leave of the room.
    case unindex(NodeInstance, RoomKey)
    /// JOIN: makes a session the owner of a peer ID in a room.
    case join(JoinCommand)
    /// LEAVE: compare-and-delete of one connection.
    case leave(LeaveCommand)
    /// UPDATE: changes what others see of a member, or notes that its client has spoken.
    case update(UpdateCommand)
    /// SEND: brings a directed signal to whoever holds a peer ID now.
    case send(SendCommand)
    /// CONF: takes letters out of an inbox and tells the nodes that keep copies of them.
    case confirm(ConfirmCommand)
    /// ANN: one page of the authoritative list of this node's members of a room.
    case announce(AnnounceCommand)
    /// SYNC: the whole membership of a room, to which the changes above its version are applied.
    case sync(RoomKey)
    /// SWEEP: removes members of a dead node from a room, one chunk per call; `cursor` is 0 at first.
    case sweep(RoomKey, dead: NodeInstance, cursor: UInt64)
    /// Claims the room index of a dead node for a few seconds; anybody may take over later.
    case claimSweep(dead: NodeInstance, by: NodeInstance)
    /// Some rooms out of the index of a dead node; empty when the job is done.
    case roomsOfDead(NodeInstance)
    /// Ends the sweep job of a dead node, if its room index is empty.
    case finishSweep(dead: NodeInstance)
    /// Extends the lifetime of the keys of rooms that this node is interested in.
    case touch([RoomKey])
    /// The number of members of a room over the whole cluster.
    case count(RoomKey)
    /// Registers or refreshes a rendezvous record.
    case rendezvousRegister(RoomKey, RendezvousRegistration)
    /// Removes a rendezvous record of the same owner.
    case rendezvousUnregister(RoomKey, PeerID, owner: String)
    /// One page of the records of a room, connected peers included.
    case rendezvousDiscover(RoomKey, limit: Int, after: RendezvousPosition?)
    /// SANCTION: stores decisions of moderators where nothing newer is stored, and tells every live node. A new one gets
    /// a stamp above all that is known of it, `stamp` at least; one that is recalled keeps its own.
    case sanction([SanctionEntry], isNew: Bool)
    /// Every decision that is stored, liftings too.
    case sanctions
    /// KICK: tells every live node to remove a peer.
    case kick(RoomKey, PeerID)
    /// Stores a ticket under the digest of its secret.
    case storeTicket(digest: String, TicketHolder, ttlMs: Int64)
    /// Takes a ticket out: whoever asks first gets it.
    case takeTicket(digest: String)
    /// Stores an invite that nobody has used.
    case createInvite(Invite)
    /// The invites of a room that have not run out.
    case invites(RoomKey)
    case invite(InviteID)
    case revokeInvite(InviteID)
    /// REDEEM: one use of an invite, once per redeemer.
    case redeemInvite(InviteID, redeemer: String)
    /// Some rooms out of the index of a node; `cursor` is 0 at first, and again at the end.
    case roomsOfNode(NodeInstance, cursor: UInt64)
    /// The number of members of a room on each node.
    case occupancy(RoomKey)
    /// Changes what a node tells about itself, its shards excepted.
    case describe(NodeInstance, NodeInfo)
    /// Every node that has a lease, with what it reported last.
    case nodes
    /// Enters one thing in the list of what a holder has registered, or extends it there; a full list takes nothing new.
    case rendezvousReserve(RendezvousReservation, limit: Int)
    /// Takes it off the list.
    case rendezvousRelease(RendezvousReservation)
    /// What came and went in a room after a change number, oldest first; at most `limit` of each kind.
    case rendezvousChanges(RoomKey, after: Int64, limit: Int)
}

/// What a node tells about itself when it registers.
public struct NodeInfo: Hashable, Sendable {
    public var name: String
    public var version: String
    /// Names the shards that the node knows (`ShardMap.digest`): nodes that disagree must not serve together.
    public var shards: String
    /// Milliseconds since the epoch, by the node's own clock.
    public var startedAt: Int64
    /// Whether the node takes no new peers.
    public var isDraining: Bool

    public init(
        name: String, version: String, shards: String = "", startedAt: Int64 = 0, isDraining: Bool = false
    ) {
        self.name = name
        self.version = version
        self.shards = shards
        self.startedAt = startedAt
        self.isDraining = isDraining
    }
}

/// A request for a place in a room.
public struct JoinCommand: Hashable, Sendable {
    /// Who may take a live peer ID over with another session.
    public enum Takeover: UInt8, Hashable, Sendable {
        /// Only the same token subject, or a dialect 1 peer for a dialect 1 peer of the same client address.
        case sameOwner = 0
        /// Anybody (`LEGACY_REPLACE=1`).
        case anyone = 1
    }

    public var room: RoomKey
    public var peer: PeerID
    /// `generation` and `joinedAt` are given by the store.
    public var record: MemberRecord
    /// The most members of the room; 0 = no limit.
    public var capacity: Int
    public var takeover: Takeover
    /// Whether the client presented the resume token whose digest the record carries.
    public var hasProof: Bool
    /// Whether the session must be known: set while others may still have to announce it after an outage.
    public var mustResume = false

    public init(
        room: RoomKey, peer: PeerID, record: MemberRecord, capacity: Int = 0, takeover: Takeover = .sameOwner,
        hasProof: Bool = false
    ) {
        self.room = room
        self.peer = peer
        self.record = record
        self.capacity = capacity
        self.takeover = takeover
        self.hasProof = hasProof
    }
}

/// A change of a member that stays where it is: of its metadata, of being away, or of having spoken.
public struct UpdateCommand: Hashable, Sendable {
    public var room: RoomKey
    public var peer: PeerID
    public var node: NodeInstance
    public var connection: ConnectionID
    /// All flags and the whole metadata as they are from now on.
    public var flags: MemberRecord.Flags
    public var metadata: String

    public init(
        room: RoomKey, peer: PeerID, node: NodeInstance, connection: ConnectionID, flags: MemberRecord.Flags,
        metadata: String
    ) {
        self.room = room
        self.peer = peer
        self.node = node
        self.connection = connection
        self.flags = flags
        self.metadata = metadata
    }
}

/// A directed signal for whoever holds a peer ID now, be it stored first or not.
public struct SendCommand: Hashable, Sendable {
    public var room: RoomKey
    public var to: PeerID
    /// The only session that may get it, for a letter that was stored for that session before; nil = whoever holds `to`.
    public var session: SessionID?
    /// `node` is the sending node, which must hold a lease. Best effort letters have number 0 and an empty `id`.
    public var letter: Letter
    /// Whether the letter goes into the inbox of the session: reliable, or best effort.
    public var isStored: Bool

    public init(room: RoomKey, to: PeerID, session: SessionID? = nil, letter: Letter, isStored: Bool) {
        self.room = room
        self.to = to
        self.session = session
        self.letter = letter
        self.isStored = isStored
    }
}

/// Letters that one session has confirmed.
public struct ConfirmCommand: Hashable, Sendable {
    /// Copies that one node keeps.
    public struct Receipt: Hashable, Sendable {
        public var node: NodeInstance
        public var numbers: [UInt64]

        public init(node: NodeInstance, numbers: [UInt64]) {
            self.node = node
            self.numbers = numbers
        }
    }

    public var room: RoomKey
    public var session: SessionID
    public var ids: [InboxID]
    public var receipts: [Receipt]
    public var level: ReceiptLevel

    public init(room: RoomKey, session: SessionID, ids: [InboxID], receipts: [Receipt], level: ReceiptLevel) {
        self.room = room
        self.session = session
        self.ids = ids
        self.receipts = receipts
        self.level = level
    }
}

/// A request to remove exactly one connection of a peer.
public struct LeaveCommand: Hashable, Sendable {
    public var room: RoomKey
    public var peer: PeerID
    public var node: NodeInstance
    public var connection: ConnectionID
    public var reason: LeaveReason

    public init(
        room: RoomKey, peer: PeerID, node: NodeInstance, connection: ConnectionID, reason: LeaveReason
    ) {
        self.room = room
        self.peer = peer
        self.node = node
        self.connection = connection
        self.reason = reason
    }
}

/// Why a member is no longer in its room (the `reason` of `peer-left`, protocol.md §4).
public enum LeaveReason: String, Hashable, Sendable, CaseIterable {
    case left
    case timeout
    case nodeLost = "node-lost"
    case kicked
    case replaced
}

/// One page (at most 500 records) of a node's own members of a room.
public struct AnnounceCommand: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var peer: PeerID
        public var record: MemberRecord

        public init(peer: PeerID, record: MemberRecord) {
            self.peer = peer
            self.record = record
        }
    }

    /// A resume that this node asked for and whose answer was lost with a connection: it may have run.
    public struct LostJoin: Hashable, Sendable {
        public var peer: PeerID
        public var connection: ConnectionID

        public init(peer: PeerID, connection: ConnectionID) {
            self.peer = peer
            self.connection = connection
        }
    }

    public static let pageSize = 500

    public var room: RoomKey
    public var node: NodeInstance
    /// Earlier instances of this process: what they still own and this list lacks is a lost leave.
    public var previous: [NodeInstance]
    public var entries: [Entry]
    public var isLast: Bool
    /// What they brought is no lost leave: their clients are about to dial again.
    public var lostJoins: [LostJoin]

    public init(
        room: RoomKey, node: NodeInstance, previous: [NodeInstance], entries: [Entry], isLast: Bool,
        lostJoins: [LostJoin] = []
    ) {
        self.room = room
        self.node = node
        self.previous = previous
        self.entries = entries
        self.isLast = isLast
        self.lostJoins = lostJoins
    }
}

/// A line in the list of what somebody has registered, by which its length is limited (docs/rendezvous.md).
public struct RendezvousReservation: Hashable, Sendable {
    /// Whose list it is.
    public var holder: String
    /// What is listed.
    public var item: String
    /// How long it stays, in milliseconds; a line that is there already stays as long as it did or longer.
    public var ttlMs: Int64

    public init(holder: String, item: String, ttlMs: Int64) {
        self.holder = holder
        self.item = item
        self.ttlMs = ttlMs
    }
}

/// A rendezvous registration whose bounds were checked; the store stamps times and the change number.
public struct RendezvousRegistration: Hashable, Sendable {
    public var peer: PeerID
    public var addresses: [String]
    /// A JSON object.
    public var metadata: String
    public var ttlMs: Int64
    public var owner: String

    public init(peer: PeerID, addresses: [String], metadata: String, ttlMs: Int64, owner: String) {
        self.peer = peer
        self.addresses = addresses
        self.metadata = metadata
        self.ttlMs = ttlMs
        self.owner = owner
    }
}
