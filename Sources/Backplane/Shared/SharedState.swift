public import SignalDomain

/// What nodes share, as plain values: the twin of what the Lua scripts keep in Redis.
///
/// It serves as the embedded backplane's data, and is what the checked model explores. Each command is one atomic
/// step: `execute` returns the reply and the frames that the step publishes. Time comes from the caller.
public struct SharedState: Sendable {
    /// The clockwork that the steps need (cluster.md §2.5), in milliseconds.
    public struct Timings: Hashable, Sendable {
        public var leaseMs: Int64
        public var heartbeatMs: Int64
        public var amnestyGapMs: Int64

        public init(leaseMs: Int64 = 5_000, heartbeatMs: Int64 = 500, amnestyGapMs: Int64 = 2_500) {
            self.leaseMs = leaseMs
            self.heartbeatMs = heartbeatMs
            self.amnestyGapMs = amnestyGapMs
        }
    }

    /// A frame on its way to one inbox.
    public struct Published: Equatable, Sendable {
        public var to: NodeInstance
        public var frame: InboxFrame
    }

    struct Room: Hashable, Sendable {
        var members: [PeerID: MemberRecord] = [:]
        var interest: [NodeInstance: Int] = [:]
        var version: UInt64 = 0
    }

    /// An announce that is under way.
    struct Announcement: Hashable, Sendable {
        var room: RoomKey
        var node: NodeInstance
    }

    public let timings: Timings
    public let bounds: RendezvousBounds
    public let limits: InboxLimits
    public let moderation: ModerationBounds
    package var guards = Guards.all
    var epoch: String?
    /// The shards that the live nodes agree on.
    var shards: String?
    var lastBeatMs: Int64?
    var live: [NodeInstance: Int64] = [:]
    var info: [NodeInstance: NodeInfo] = [:]
    var reports: [NodeInstance: NodeReport] = [:]
    var dead: [NodeInstance: Int64] = [:]
    var index: [NodeInstance: Set<RoomKey>] = [:]
    var claims: [NodeInstance: (by: NodeInstance, untilMs: Int64)] = [:]
    var rooms: [RoomKey: Room] = [:]
    /// Peers of the earlier pages of announces.
    var announced: [Announcement: Set<PeerID>] = [:]
    var inboxes: [InboxAddress: Inbox] = [:]
    var rendezvous: [RoomKey: RendezvousRoom] = [:]
    var sanctions: [String: SanctionEntry] = [:]
    var tickets: [String: Ticket] = [:]
    var invites: [InviteID: SharedInvite] = [:]
    /// When each line of each holder's list ends, in milliseconds.
    var reservations: [String: [String: Int64]] = [:]
    var watches: [RoomKey: RendezvousWatch] = [:]
    var rendezvousPrunedMs: Int64 = 0
    private var published: [Published] = []

    public init(
        timings: Timings = .init(), bounds: RendezvousBounds = .init(), limits: InboxLimits = .init(),
        moderation: ModerationBounds = .init()
    ) {
        self.timings = timings
        self.bounds = bounds
        self.limits = limits
        self.moderation = moderation
    }

    /// Executes one command at `nowMicros` (microseconds since the epoch, never going back).
    public mutating func execute(_ command: BackplaneCommand, nowMicros: Int64)
        -> (reply: BackplaneReply, published: [Published])
    {
        published.removeAll(keepingCapacity: true)
        let reply = step(command, Clock(micros: nowMicros))
        return (reply, published)
    }

    struct Clock {
        let micros: Int64
        var millis: Int64 { micros / 1_000 }
    }

    mutating func publish(_ frame: InboxFrame, to nodes: some Sequence<NodeInstance>) {
        for node in nodes { published.append(Published(to: node, frame: frame)) }
    }

    private mutating func step(_ command: BackplaneCommand, _ clock: Clock) -> BackplaneReply {
        switch command {
        case .register(let node, let info): register(node, info, clock)
        case .compareShards(let shards): .agreed(agree(shards, clock))
        case .heartbeat(let node, let sequence, let report): heartbeat(node, sequence, report, clock)
        case .retire(let node, let leaseMs): retire(node, leaseMs, clock)
        case .index(let node, let room): mark(node, room, present: true)
        case .unindex(let node, let room): mark(node, room, present: false)
        case .join(let command): join(command, clock)
        case .leave(let command): leave(command, clock)
        case .update(let command): update(command, clock)
        case .send(let command): send(command, clock)
        case .confirm(let command): confirm(command, clock)
        case .announce(let command): announce(command, clock)
        case .sync(let room): .snapshot(snapshot(room))
        case .sweep(let room, let node, _): sweep(room, node, clock)
        case .claimSweep(let node, let by): claim(node, by: by, clock)
        case .roomsOfDead(let node): .rooms(Array((index[node] ?? []).prefix(AnnounceCommand.pageSize)))
        case .finishSweep(let node): finishSweep(node)
        case .touch: .done
        case .count(let room): .count(rooms[room]?.members.count ?? 0)
        case .rendezvousRegister(let room, let registration): .rendezvous(register(room, registration, clock))
        case .rendezvousUnregister(let room, let peer, let owner): .rendezvous(unregister(room, peer, owner, clock))
        case .rendezvousDiscover(let room, let limit, let position):
            .rendezvous(discover(room, limit: limit, after: position, clock))
        case .sanction(let entries, let isNew): sanction(entries, isNew: isNew, clock)
        case .sanctions: listSanctions(clock)
        case .kick(let room, let peer): kick(peer, from: room)
        case .storeTicket(let digest, let holder, let ttlMs): store(digest, holder, ttlMs, clock)
        case .takeTicket(let digest): takeTicket(digest, clock)
        case .createInvite(let invite): create(invite, clock)
        case .invites(let room): .invites(invites(of: room, clock))
        case .invite(let id): .invite(invite(id, clock))
        case .revokeInvite(let id): revoke(id, clock)
        case .redeemInvite(let id, let redeemer): redeem(id, by: redeemer, clock)
        case .roomsOfNode(let node, _): .roomPage((index[node] ?? []).sorted { $0.text < $1.text }, cursor: 0)
        case .occupancy(let room): .occupancy(rooms[room]?.interest ?? [:])
        case .describe(let node, let info): describe(node, info)
        case .nodes: .nodes(liveNodes(clock))
        case .rendezvousReserve(let reservation, let limit): .rendezvous(reserve(reservation, limit, clock))
        case .rendezvousRelease(let reservation): release(reservation)
        case .rendezvousChanges(let room, let after, let limit):
            .rendezvous(.changes(changes(of: room, after: after, limit: limit, clock)))
        }
    }

    /// Whether commands of `node` still count: it must hold a lease.
    func isFenced(_ node: NodeInstance) -> Bool { guards.contains(.leaseFence) && live[node] == nil }

    func snapshot(_ key: RoomKey) -> RoomSnapshot {
        let room = rooms[key] ?? Room()
        return RoomSnapshot(version: room.version, members: room.members, interest: room.interest)
    }
}
