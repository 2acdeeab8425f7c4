import SignalDomain

/// A node's part in the cluster: who is in its rooms, what their clients are shown of it, and how directed signals reach
/// them. A pure machine over three others; `ClusterCore` carries out what it decides, and the model explores it.
public struct ClusterMachine: Sendable {
    public internal(set) var membership: Membership
    var delivery: Delivery
    var rosters: [RoomKey: RoomWatch] = [:]
    /// Joins whose answer is outstanding.
    var joins: [ConnectionID: PendingJoin] = [:]
    /// Sessions without a socket, since when.
    var away: [Place: Int64] = [:]
    /// Milliseconds that a session without a socket stays a member.
    let leaveWindowMs: Int64
    /// Changes of one room in one step beyond which its clients are sent a list instead of one message for each.
    let resyncChanges: Int
    var actions: [ClusterAction] = []

    struct PendingJoin: Hashable, Sendable {
        let place: Place
        let session: SessionID
        let isLegacy: Bool
        /// The socket was lost before the answer.
        var isAbandoned = false
    }

    /// What the welcomed clients of a room were shown, and who waits to be welcomed.
    struct RoomWatch: Hashable, Sendable {
        var roster: Roster?
        /// What clients were last told; a store that has lost writes counts on from an earlier one, and they see no step back.
        var version: UInt64 = 0
        var watchers: [PeerID: ConnectionID] = [:]
        var arrivals: [PeerID: Placement] = [:]
        /// Sessions that moved from here to a node that the room was not yet read to name.
        var moved: Set<PeerID> = []

        var isIdle: Bool { watchers.isEmpty && arrivals.isEmpty }
    }

    public init(
        membership: Membership, limits: Delivery.Limits = .init(), leaveWindowMs: Int64 = 30_000,
        resyncChanges: Int = 50
    ) {
        self.membership = membership
        self.resyncChanges = resyncChanges
        delivery = Delivery(node: membership.node, limits: limits)
        self.leaveWindowMs = leaveWindowMs
    }

    public var node: NodeInstance { membership.node }
    public var isLive: Bool { membership.isLive }

    /// Whether `pulse` has something to wait for.
    public var isBusy: Bool { delivery.isBusy }

    // MARK: Life

    public mutating func begin(as instance: NodeInstance, now: Int64) -> [ClusterAction] {
        delivery.begin(as: instance)
        return step(now) { $0.begin(as: instance) }
    }

    public mutating func connected(generation: UInt64, now: Int64) -> [ClusterAction] {
        step(now) { $0.connected(generation: generation, now: now) }
    }

    /// From now on the node tells this about itself.
    public mutating func describe(_ info: NodeInfo, now: Int64) -> [ClusterAction] {
        step(now) { $0.describe(info) }
    }

    public mutating func disconnected(now: Int64) -> [ClusterAction] {
        step(now) { $0.disconnected() }
    }

    /// Once per heartbeat interval.
    public mutating func tick(now: Int64) -> [ClusterAction] {
        for room in delivery.closedRooms where membership.isReadable(room) { delivery.reopen(room, now: now) }
        delivery.watch(now: now)
        endAway(now)
        return step(now) { $0.tick(now: now) }
    }

    /// Many times per second while `isBusy`.
    public mutating func pulse(now: Int64) -> [ClusterAction] {
        delivery.tick(now: now)
        return finish(now)
    }

    /// The outcome of a command.
    public mutating func completed(
        _ command: BackplaneCommand, _ result: Result<BackplaneReply, BackplaneError>, generation: UInt64, now: Int64
    ) -> [ClusterAction] {
        if generation == membership.generation, membership.isLive {
            switch (command, result) {
            case (.send(let send), .success(.sent(let outcome))): sent(send, outcome, now: now)
            case (.send(let send), .failure(.refused)):
                delivery.sendRefused(send, now: now)
                return finish(now)
            case (.confirm(let confirm), .success): delivery.finish(confirm)
            case (.announce(let announce), .success(.announced(_, let waiting))):
                for letters in waiting { catchUp(letters, in: announce.room, now: now) }
            default: break
            }
        }
        return step(now) { $0.completed(command, result, generation: generation, now: now) }
    }

    /// One frame out of the inbox; broadcasts do not pass through here.
    public mutating func receive(_ frame: InboxFrame, now: Int64) -> [ClusterAction] {
        switch frame {
        case .directed(let room, let peer, let payload):
            pass(payload, to: Place(room: room, peer: peer))
        case .letter(let room, let peer, let session, let entry):
            let place = Place(room: room, peer: peer)
            seatLegacy(place, now: now)
            delivery.receive(entry, at: place, session, now: now)
        case .confirmed(let numbers, let level):
            delivery.heard(numbers, level)
        case .undeliverable(let number, let reason):
            delivery.fail(number, reason, now: now)
        case .joined, .left, .broadcast, .variant, .dead, .echo, .sanction, .kick, .console:
            return step(now) { $0.receive(frame, now: now) }
        }
        return finish(now)
    }

    // MARK: Steps

    /// Lets the membership take one step, and the other machines take theirs from it.
    mutating func step(_ now: Int64, _ body: (inout Membership) -> [MembershipAction]) -> [ClusterAction] {
        let wasLive = membership.isLive
        let wasSettling = membership.isSettling
        let taken = body(&membership)
        if wasLive, !membership.isLive { delivery.disconnected(now: now) }
        for action in taken { absorb(action, now: now) }
        if wasLive && !membership.isLive || wasSettling && !membership.isSettling { reviewAll(now) }
        if !wasLive, membership.isLive {
            collectDelivery()
            delivery.live(recovering: Set(membership.rooms.keys), now: now)
        }
        return finish(now)
    }

    mutating func finish(_ now: Int64) -> [ClusterAction] {
        collectDelivery()
        if actions.count > resyncChanges { gatherPresence() }
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    mutating func collectDelivery() {
        for action in delivery.drain() {
            if case .resync(let room) = action {
                actions += membership.doubt(room).map(ClusterAction.membership)
            } else {
                actions.append(.delivery(action))
            }
        }
    }

    private mutating func absorb(_ action: MembershipAction, now: Int64) {
        collectDelivery()
        switch action {
        case .answer(let connection, let answer): answered(connection, answer, action, now: now)
        case .close(let room, let peer, let connection, let loss):
            lost(Place(room: room, peer: peer), connection, loss, now: now)
            actions.append(.membership(action))
        case .presence(let room, let change): show(change, in: room)
        case .synced(let room):
            delivery.reopen(room, now: now)
            review(room, now: now)
        default: actions.append(.membership(action))
        }
    }

    private mutating func lost(_ place: Place, _ connection: ConnectionID, _ loss: MembershipLoss, now: Int64) {
        if loss == .stale { rosters[place.room]?.moved.insert(place.peer) }
        let watch = rosters[place.room]
        let arrival = watch?.arrivals[place.peer]?.record.connection
        if watch?.watchers[place.peer] == connection || arrival == connection { stopWatching(place) }
        guard membership.rooms[place.room]?.local[place.peer] == nil else { return }
        away[place] = nil
        switch loss {
        case .stale: delivery.move(from: place)
        case .replaced, .inUse: delivery.end(place, .replaced, now: now)
        }
    }
}

extension Delivery {
    /// A confirmation reached the shared state.
    mutating func finish(_ command: ConfirmCommand) {
        for number in confirmations.finish(command) {
            finish(number, command.level == .received ? .received : .written)
        }
    }
}
