import SignalDomain

/// Connection, lease, heartbeat.
extension Membership {
    /// Begins the life of this node, or a new one under a new instance after a lost lease.
    public mutating func begin(as instance: NodeInstance) -> [MembershipAction] {
        if hasLease || instance != node {
            previous.append(node)
            if previous.count > 8 { previous.removeFirst() }
        }
        node = instance
        hasLease = false
        loseConnection()
        for key in rooms.keys {
            for peer in rooms[key]?.local.keys.map({ $0 }) ?? [] { rooms[key]?.local[peer]?.node = instance }
        }
        actions.append(.connect(instance))
        return drain()
    }

    /// All links are up and the inbox is subscribed.
    public mutating func connected(generation: UInt64, now: Int64) -> [MembershipAction] {
        loseConnection()
        self.generation = generation
        life = .arriving
        confirmedAt = max(confirmedAt, now)
        if hasLease { beat() } else { actions.append(.call(.register(node, info))) }
        return drain()
    }

    /// From now on the node tells this about itself.
    public mutating func describe(_ info: NodeInfo) -> [MembershipAction] {
        self.info = info
        if life != .offline { actions.append(.call(.describe(node, info))) }
        return drain()
    }

    public mutating func disconnected() -> [MembershipAction] {
        loseConnection()
        return drain()
    }

    /// Once per heartbeat interval.
    public mutating func tick(now: Int64) -> [MembershipAction] {
        if wasReady, now - confirmedAt > timings.selfFenceMs { setDegraded(true) }
        if let end = settlesAt, now >= end {
            settlesAt = nil
            for key in rooms.keys { tell(rooms[key]?.view.endSettling() ?? [], in: key) }
            forgetLostJoins()
        }
        if life == .arriving, isMismatched {
            isMismatched = false
            actions.append(.call(.register(node, info)))
        }
        guard life == .live else { return drain() }
        if beatsSent >= beatsEchoed + 2 {
            actions.append(.reconnect(after: .silent, reason: "the inbox is silent"))
            return drain()
        }
        if !beatInFlight { beat() }
        for (key, room) in rooms {
            if let since = room.view.gapSince, now - since >= timings.heartbeatMs { resync(key) }
        }
        return drain()
    }

    mutating func beat() {
        beatsSent += 1
        beatInFlight = true
        actions.append(.call(.heartbeat(node, sequence: beatsSent)))
    }

    mutating func becomeLive(now: Int64) {
        life = .live
        confirmedAt = now
        setDegraded(false)
        if wasReady {
            beginSettling(now)
        } else {
            wasReady = true
            actions.append(.ready)
        }
        recallDeparted()
        for key in rooms.keys.sorted(by: { $0.text < $1.text }) { recover(key) }
        pump()
    }

    mutating func beginSettling(_ now: Int64) {
        if guards.contains(.settleTime) { settlesAt = now + timings.settleMs }
    }

    /// Heartbeat and registration replies.
    mutating func confirmed(_ reply: BackplaneReply, now: Int64) {
        switch reply {
        case .registered(let epoch):
            self.epoch = epoch
            hasLease = true
            becomeLive(now: now)
        case .beat(let beat):
            beatInFlight = false
            confirmedAt = now
            if let epoch, epoch != beat.epoch {
                // Another data set answers: what this connection learned so far belongs to the old one.
                self.epoch = beat.epoch
                actions.append(.reconnect(after: .epoch, reason: "the epoch changed"))
                return
            }
            if life == .arriving { becomeLive(now: now) }
            departed.age(now: now, periodMs: timings.recallMs)
            setDegraded(false)
            for instance in beat.dead { sweep(instance) }
        case .mismatched:
            isMismatched = true
            actions.append(.mismatched)
        case .fenced:
            actions.append(.refence)
        default:
            actions.append(.reconnect(after: .malformed, reason: "unexpected reply"))
        }
    }

    /// The store that answers now may have lost the leaves that emptied these rooms.
    private mutating func recallDeparted() {
        guard guards.contains(.recallDeparted) else { return }
        for key in departed.all where rooms[key] == nil {
            rooms[key] = LocalRoom(guards: guards)
            rooms[key]?.mayBeListed = true
        }
    }

    /// Clients that have not come back by now are not coming: the next announces disown them.
    private mutating func forgetLostJoins() {
        for key in rooms.keys where rooms[key]?.lostJoins.isEmpty == false {
            rooms[key]?.lostJoins = [:]
            recover(key)
        }
        pump()
    }

    mutating func setDegraded(_ value: Bool) {
        guard isDegraded != value else { return }
        isDegraded = value
        actions.append(.degraded(value))
    }

    /// Nothing of the old connection is used again.
    private mutating func loseConnection() {
        if life == .live { setDegraded(true) }
        life = .offline
        isMismatched = false
        settlesAt = nil
        beatsSent = 0
        beatsEchoed = 0
        beatInFlight = false
        repairs.clear()
        sweeps = [:]
        for key in rooms.keys {
            rooms[key]?.view.invalidate()
            rooms[key]?.inFlight = 0
            if guards.contains(.indexPerConnection) { rooms[key]?.isIndexed = false }
            rooms[key]?.recoversLater = false
            rooms[key]?.listedAt = [:]
            for command in rooms[key]?.joining.values.map({ $0 }) ?? [] {
                admitOnIsland(command)
                let isHere = rooms[key]?.local[command.peer]?.connection == command.record.connection
                if command.hasProof, !isHere { rooms[key]?.lostJoins[command.peer] = command.record.connection }
            }
        }
    }
}
