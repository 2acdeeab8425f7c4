public import SignalDomain

/// One node's part in the cluster: its life and leases, its members, its views of the rooms that it shares, and the
/// repair of all of it after any loss (cluster.md §2.6–§2.9).
///
/// A pure state machine: callers feed it requests, replies, inbox frames and ticks, and carry out the returned actions.
/// It runs unchanged on Redis, on the embedded backplane and inside the checked model. `now` is monotonic milliseconds.
///
/// Three rules keep it honest: nothing that was learned on an earlier connection is used on the next one; every close of
/// a local session, whatever the reason, sends a compare-and-delete; after every reconnect each room is announced
/// before it is read.
public struct Membership: Sendable {
    /// The clockwork, in milliseconds.
    public struct Timings: Hashable, Sendable {
        public var heartbeatMs: Int64
        public var settleMs: Int64
        public var selfFenceMs: Int64
        /// For how long at least a room that was left is announced again after a reconnect.
        public var recallMs: Int64

        public init(
            heartbeatMs: Int64 = 500, settleMs: Int64 = 5_000, selfFenceMs: Int64 = 4_000, recallMs: Int64 = 60_000
        ) {
            self.heartbeatMs = heartbeatMs
            self.settleMs = settleMs
            self.selfFenceMs = selfFenceMs
            self.recallMs = recallMs
        }
    }

    enum Life: Hashable, Sendable {
        /// No connection.
        case offline
        /// Connected; the lease is not confirmed yet.
        case arriving
        case live
    }

    /// Scripts of recovery and sweeps that may be in flight at once.
    static let maxRepairsInFlight = 64

    public internal(set) var info: NodeInfo
    public let timings: Timings
    /// Whether joins wait for the first registration (`REDIS_REQUIRED`).
    public let requiresRegistration: Bool

    public internal(set) var node: NodeInstance
    var previous: [NodeInstance] = []
    var generation: UInt64 = 0
    var life = Life.offline
    /// Whether this instance was ever registered: then a reconnect renews its lease instead of creating one.
    var hasLease = false
    public internal(set) var wasReady = false
    public internal(set) var isDegraded = false
    var epoch: String?
    /// The registration was refused, and is tried again.
    var isMismatched = false
    var rooms: [RoomKey: LocalRoom] = [:]
    var departed = DepartedRooms()
    /// End of the settle time after the last reconnect.
    var settlesAt: Int64?
    /// When the shared state last confirmed the lease.
    var confirmedAt: Int64 = 0
    var beatsSent: UInt64 = 0
    var beatsEchoed: UInt64 = 0
    var beatInFlight = false
    var repairs = RepairQueue()
    var sweeps: [NodeInstance: Sweep] = [:]
    var actions: [MembershipAction] = []
    var guards = Guards.all

    public init(node: NodeInstance, info: NodeInfo, timings: Timings = .init(), requiresRegistration: Bool = true) {
        self.node = node
        self.info = info
        self.timings = timings
        self.requiresRegistration = requiresRegistration
    }

    /// Whether the shared state is reachable and the lease is held.
    public var isLive: Bool { life == .live }

    /// The members of a room as this node sees them: its own and those of other nodes.
    public func members(of key: RoomKey) -> [PeerID: MemberRecord] {
        guard let room = rooms[key] else { return [:] }
        return room.view.members.merging(room.local) { _, own in own }
    }

    /// How many members of a room are on other nodes, as this node sees them.
    public func membersElsewhere(in key: RoomKey) -> Int { rooms[key]?.view.members.count ?? 0 }
    /// The members of a room that this node holds.
    public func ownMembers(of key: RoomKey) -> [PeerID: MemberRecord] { rooms[key]?.local ?? [:] }

    /// The number of rooms in which this node holds members.
    public var roomCount: Int { rooms.values.count { !$0.local.isEmpty } }

    /// Rooms whose keys this node keeps from expiring.
    public var heldRooms: [RoomKey] { rooms.filter { !$0.value.local.isEmpty }.map(\.key) }

    /// Hands out what the last calls produced.
    mutating func drain() -> [MembershipAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }
}

/// A room as this node is concerned with it: it stays as long as the shared state might still list a member of ours.
struct LocalRoom: Hashable, Sendable {
    var local: [PeerID: MemberRecord] = [:]
    /// The room version at which the shared state was last known to list each local member, on this connection.
    var listedAt: [PeerID: UInt64] = [:]
    /// Joins whose answer is outstanding.
    var joining: [ConnectionID: JoinCommand] = [:]
    var view: RoomView
    /// Resumes whose answer was lost with a connection, until the settle time is over: they may have run.
    var lostJoins: [PeerID: ConnectionID] = [:]
    /// Joins and leaves that are under way.
    var inFlight = 0
    /// Whether the room index of this instance lists the room.
    var isIndexed = false
    /// Whether the shared state may list a member of this process: then the room is announced after every reconnect,
    /// even when nobody is left in it.
    var mayBeListed = false
    /// A recovery waits for the joins that are under way: the announce would disown what they bring.
    var recoversLater = false
    /// The interest that the runner knows.
    var toldInterest: Set<NodeInstance> = []

    init(guards: Guards) { view = RoomView(guards: guards) }

    var isIdle: Bool { local.isEmpty && joining.isEmpty && lostJoins.isEmpty && inFlight == 0 }

    /// Takes a join out of those whose answer is outstanding; without any, they take no memory.
    ///
    /// - Returns: whether it was among them.
    mutating func endJoining(_ connection: ConnectionID) -> Bool {
        let wasJoining = joining.removeValue(forKey: connection) != nil
        if joining.isEmpty { joining = [:] }
        return wasJoining
    }
}
