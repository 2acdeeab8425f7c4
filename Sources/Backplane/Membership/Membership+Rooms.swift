public import SignalDomain

/// Joins and leaves of this node's sessions.
extension Membership {
    /// A session asks for its place. The answer arrives as an action that names its connection.
    public mutating func join(_ request: JoinCommand, wallMs: Int64) -> [MembershipAction] {
        var command = request
        command.record.node = node
        command.record.joinedAt = wallMs
        if !wasReady, requiresRegistration {
            answer(command, .unavailable)
        } else if life == .live {
            submit(command)
        } else {
            admitOnIsland(command)
        }
        return drain()
    }

    /// A session closed, or gave up before its answer; one that was dismissed was taken back then.
    public mutating func leave(
        _ key: RoomKey, _ peer: PeerID, _ connection: ConnectionID, _ reason: LeaveReason
    ) -> [MembershipAction] {
        guard var room = rooms[key] else { return [] }
        let gaveUp = room.endJoining(connection)
        let isHeld = room.local[peer]?.connection == connection
        if isHeld {
            room.local[peer] = nil
            room.listedAt[peer] = nil
        }
        rooms[key] = room
        if isHeld || gaveUp && guards.contains(.lateSuccess) { takeBack(peer, connection, reason, in: key) }
        if isHeld, life != .live { actions.append(.presence(key, .changedHere(peer, reason))) }
        forgetIfIdle(key, confirmed: false)
        return drain()
    }

    private mutating func submit(_ request: JoinCommand) {
        var command = request
        command.mustResume = command.hasProof && isSettling
        var room = rooms[command.room] ?? LocalRoom(guards: guards)
        if !room.isIndexed {
            room.isIndexed = true
            actions.append(.call(.index(node, command.room)))
        }
        room.mayBeListed = true
        room.joining[command.record.connection] = command
        room.inFlight += 1
        rooms[command.room] = room
        actions.append(.call(.join(command)))
    }

    /// Without the shared state a join is decided by what this node knows: its own members, and the last view.
    mutating func admitOnIsland(_ command: JoinCommand) {
        var room = rooms[command.room] ?? LocalRoom(guards: guards)
        defer {
            rooms[command.room] = room
            forgetIfIdle(command.room, confirmed: false)
        }
        room.joining[command.record.connection] = nil
        guard wasReady || !requiresRegistration else { return answer(command, .unavailable) }
        if let old = room.local[command.peer] {
            if let refusal = command.refusal(by: old) { return answer(command, refusal) }
        } else if room.view.members[command.peer] != nil || command.hasProof {
            // Another node holds it, or may hold the session that wants to go on.
            return answer(command, .unavailable)
        } else if command.capacity > 0, room.local.count + room.view.members.count >= command.capacity {
            return answer(command, .full)
        }
        var record = command.record
        record.node = node
        record.flags.insert(.island)
        record.generation = UInt64(clamping: record.joinedAt) &* 1_000
        let isResumed = room.local[command.peer]?.session == record.session
        if isResumed, let first = room.local[command.peer]?.joinedAt { record.joinedAt = first }
        replaceLocal(command.peer, by: record, in: &room, key: command.room)
        answer(command, .admitted(Placement(record: record, isResumed: isResumed)))
        actions.append(.presence(command.room, .changedHere(command.peer, nil)))
    }

    /// The reply to a join.
    mutating func joined(_ command: JoinCommand, _ reply: BackplaneReply, now: Int64) {
        guard var room = rooms[command.room] else { return }
        room.inFlight -= 1
        let isWanted = room.endJoining(command.record.connection)
        switch reply {
        case .joined(let place):
            if isWanted {
                replaceLocal(command.peer, by: place.record, in: &room, key: command.room)
                room.listedAt[command.peer] = place.version
                let isResumed = place.replaced?.session == place.record.session
                answer(
                    command, .admitted(Placement(record: place.record, isResumed: isResumed, inbox: place.inbox)))
            } else if let old = room.local[command.peer], old.connection == place.replaced?.connection {
                // Its place was taken before the newcomer gave up.
                rooms[command.room] = room
                dismiss(command.peer, .replaced, in: command.room)
                room = rooms[command.room] ?? room
            }
            let others = place.interest.keys.filter { $0 != node }
            var effects = room.view.offer(.joinedHere(command.peer), version: place.version, now: now)
            if others.isEmpty {
                effects += room.view.adoptAlone(version: place.version, now: now)
            } else if !room.view.isValid, !room.view.isSyncing {
                room.view.beginSync(naming: others)
                actions.append(.call(.sync(command.room)))
            }
            rooms[command.room] = room
            tell(effects, in: command.room)
            endJoin(command.room)
        case .stale, .inUse, .full, .denied, .unknown:
            rooms[command.room] = room
            if isWanted { answer(command, JoinAnswer(refusal: reply)) }
            endJoin(command.room)
            forgetIfIdle(command.room, confirmed: true)
        case .fenced:
            // The session keeps waiting: the new life of the node announces it as an island member.
            if isWanted { room.joining[command.record.connection] = command }
            rooms[command.room] = room
            actions.append(.refence)
        default:
            rooms[command.room] = room
            actions.append(.reconnect(after: .malformed, reason: "unexpected reply"))
        }
    }

    /// When no join of the room is under way, what waited for that goes on.
    private mutating func endJoin(_ key: RoomKey) {
        guard rooms[key]?.joining.isEmpty == true, rooms[key]?.recoversLater == true else { return }
        rooms[key]?.recoversLater = false
        recover(key)
    }

    /// The store did not take the join: the session must come back later, and nothing of it may stay behind.
    mutating func refused(_ command: JoinCommand) {
        rooms[command.room]?.inFlight -= 1
        if rooms[command.room]?.joining.removeValue(forKey: command.record.connection) != nil {
            answer(command, .unavailable)
        }
        takeBack(command.peer, command.record.connection, .left, in: command.room)
        endJoin(command.room)
    }

    /// A session lost its place: from now on this node neither announces it nor lets the shared state list it.
    mutating func dismiss(_ peer: PeerID, _ loss: MembershipLoss, in key: RoomKey) {
        guard let own = rooms[key]?.local.removeValue(forKey: peer) else { return }
        rooms[key]?.listedAt[peer] = nil
        actions.append(.close(key, peer, own.connection, loss))
        if guards.contains(.replacedLeaves) { takeBack(peer, own.connection, .replaced, in: key) }
    }

    /// Compare-and-delete of one connection. Without a connection to the store the next announce does that.
    private mutating func takeBack(
        _ peer: PeerID, _ connection: ConnectionID, _ reason: LeaveReason, in key: RoomKey
    ) {
        guard life == .live else { return }
        rooms[key]?.inFlight += 1
        actions.append(.call(.leave(.init(room: key, peer: peer, node: node, connection: connection, reason: reason))))
    }

    mutating func left(_ command: LeaveCommand, version: UInt64?, now: Int64) {
        guard var room = rooms[command.room] else { return }
        room.inFlight -= 1
        let change = RoomView.Change.leftHere(command.peer, command.reason)
        let effects =
            version.map { room.view.offer(change, version: $0, now: now) }
            ?? [.changedHere(command.peer, command.reason)]
        rooms[command.room] = room
        tell(effects, in: command.room)
        forgetIfIdle(command.room, confirmed: true)
    }

    /// Puts a session into its place and ends the one that held it here.
    private mutating func replaceLocal(
        _ peer: PeerID, by record: MemberRecord, in room: inout LocalRoom, key: RoomKey
    ) {
        let old = room.local.updateValue(record, forKey: peer)
        room.listedAt[peer] = nil
        room.lostJoins[peer] = nil
        guard let old, old.connection != record.connection else { return }
        actions.append(.close(key, peer, old.connection, old.session == record.session ? .stale : .replaced))
    }

    private mutating func answer(_ command: JoinCommand, _ answer: JoinAnswer) {
        actions.append(.answer(command.record.connection, answer))
    }

    /// A room in which nobody is left is forgotten once the shared state cannot list a member of ours any more.
    mutating func forgetIfIdle(_ key: RoomKey, confirmed: Bool) {
        guard let room = rooms[key], room.isIdle, confirmed || !room.mayBeListed else { return }
        rooms[key] = nil
        if room.mayBeListed { departed.insert(key) }
        if room.mayBeListed, life == .live { actions.append(.call(.unindex(node, key))) }
        if !room.toldInterest.isEmpty { actions.append(.interest(key, [])) }
    }

    /// Passes a view's effects on, and the interest when it changed.
    mutating func tell(_ effects: [RoomView.Effect], in key: RoomKey) {
        for effect in effects {
            switch effect {
            case .joined(let peer, let record): actions.append(.presence(key, .joined(peer, record)))
            case .updated(let peer, let record): actions.append(.presence(key, .updated(peer, record)))
            case .left(let peer, let record, let reason): actions.append(.presence(key, .left(peer, record, reason)))
            case .changedHere(let peer, let reason): actions.append(.presence(key, .changedHere(peer, reason)))
            case .claimed(let peer, let record, let version):
                if guards.contains(.yieldInOrder) { yield(peer, to: record, at: version, in: key) }
            }
        }
        guard let room = rooms[key] else { return }
        let interest = room.view.interest
        guard interest != room.toldInterest else { return }
        rooms[key]?.toldInterest = interest
        actions.append(.interest(key, interest.sorted()))
    }
}

extension JoinAnswer {
    /// What a session is told of a join that the shared state refused.
    init(refusal: BackplaneReply) {
        self =
            switch refusal {
            case .stale: .stale
            case .denied: .denied
            case .full: .full
            case .unknown: .unavailable
            default: .inUse
            }
    }
}

extension JoinCommand {
    /// Whether the holder of the peer ID keeps it against this join (protocol.md §3 and §4).
    func refusal(by old: MemberRecord) -> JoinAnswer? {
        if old.session == record.session {
            if old.connectionNumber >= record.connectionNumber { return .stale }
            let isProven = hasProof ? old.resumeDigest == record.resumeDigest : old.flags.contains(.unheard)
            return isProven ? nil : .denied
        }
        if takeover == .anyone { return nil }
        let bothLegacy = old.flags.contains(.legacy) && record.flags.contains(.legacy)
        let isSameOwner = old.owner == record.owner && (old.owner.hasPrefix("sub:") || bothLegacy)
        return isSameOwner ? nil : .inUse
    }
}
