import SignalDomain

/// Membership: every change is one step that mutates the room and tells exactly the interested nodes.
extension SharedState {
    mutating func join(_ command: JoinCommand, _ clock: Clock) -> BackplaneReply {
        let node = command.record.node
        if isFenced(node) { return .fenced }
        var room = rooms[command.room] ?? Room()
        let old = room.members[command.peer]
        if let old {
            if let refusal = refusal(of: command, by: old) { return refusal }
        } else if command.mustResume {
            return .unknown
        } else if command.capacity > 0, room.members.count >= command.capacity {
            return .full
        }
        let told = Set(room.interest.keys).subtracting([node])
        if let old { room.removeInterest(of: old.node) }
        room.interest[node, default: 0] += 1
        room.advance(clock)
        var record = command.record
        record.generation = max(room.version, UInt64(clamping: clock.micros)) + 1
        record.joinedAt = old.map { $0.session == record.session ? $0.joinedAt : clock.millis } ?? clock.millis
        room.members[command.peer] = record
        rooms[command.room] = room
        publish(.joined(command.room, version: room.version, command.peer, record), to: told.sorted())
        var place = JoinReply(version: room.version, record: record, interest: room.interest, replaced: old)
        if let old, old.session == record.session {
            place.inbox = inbox(of: record.session, in: command.room, clock)
        } else {
            if let old { undeliver(old.session, of: command.peer, in: command.room, .replaced, clock) }
            undeliver(record.session, of: command.peer, in: command.room, .left, clock)
        }
        return .joined(place)
    }

    /// Whether the holder of the peer ID keeps it against `command`.
    private func refusal(of command: JoinCommand, by old: MemberRecord) -> BackplaneReply? {
        let new = command.record
        if old.session == new.session {
            if guards.contains(.connectionOrder), old.connectionNumber >= new.connectionNumber { return .stale }
            let isProven = command.hasProof ? old.resumeDigest == new.resumeDigest : old.flags.contains(.unheard)
            return isProven ? nil : .denied
        }
        if command.takeover == .anyone { return nil }
        let sameOwner = old.owner == new.owner
        let bothLegacy = old.flags.contains(.legacy) && new.flags.contains(.legacy)
        return sameOwner && (old.owner.hasPrefix("sub:") || bothLegacy) ? nil : .inUse
    }

    mutating func leave(_ command: LeaveCommand, _ clock: Clock) -> BackplaneReply {
        guard let member = rooms[command.room]?.members[command.peer] else { return .left(version: nil) }
        let isMeant = member.node == command.node && member.connection == command.connection
        if guards.contains(.compareAndDelete), !isMeant { return .left(version: nil) }
        let version = remove(
            command.peer, member, from: command.room, command.reason, clock, telling: { $0 != command.node })
        return .left(version: version)
    }

    /// UPDATE: others hear of it only if they can see the difference.
    mutating func update(_ command: UpdateCommand, _ clock: Clock) -> BackplaneReply {
        guard var room = rooms[command.room], var record = room.members[command.peer], record.node == command.node,
            record.connection == command.connection
        else { return .updated(version: nil) }
        let visible = MemberRecord.Flags.visible
        let isSeen =
            record.flags.intersection(visible) != command.flags.intersection(visible)
            || record.metadata != command.metadata
        record.flags = command.flags
        record.metadata = command.metadata
        room.members[command.peer] = record
        if isSeen { room.advance(clock) }
        rooms[command.room] = room
        guard isSeen else { return .updated(version: nil) }
        let told = room.interest.keys.filter { $0 != command.node }.sorted()
        publish(.joined(command.room, version: room.version, command.peer, record), to: told)
        return .updated(version: room.version)
    }

    /// Takes one member out, tells the interested nodes that `telling` admits, forgets an empty room, and reports the
    /// letters that still waited.
    mutating func remove(
        _ peer: PeerID, _ member: MemberRecord, from key: RoomKey, _ reason: LeaveReason, _ clock: Clock,
        telling: (NodeInstance) -> Bool
    ) -> UInt64 {
        var room = rooms[key] ?? Room()
        let told = room.interest.keys.filter(telling).sorted()
        room.members[peer] = nil
        room.removeInterest(of: member.node)
        room.version += 1
        rooms[key] = room.members.isEmpty ? nil : room
        let departure = InboxFrame.Departure(
            session: member.session, node: member.node, connection: member.connection, reason: reason)
        publish(.left(key, version: room.version, peer, departure), to: told)
        undeliver(member.session, of: peer, in: key, reason, clock)
        return room.version
    }

    /// SWEEP refuses a live node: only a dead one has members that nobody holds.
    mutating func sweep(_ key: RoomKey, _ node: NodeInstance, _ clock: Clock) -> BackplaneReply {
        guard live[node] == nil, let room = rooms[key] else { return .swept(cursor: 0, members: 0) }
        let lost = room.members.filter { $0.value.node == node }.sorted { $0.key.text < $1.key.text }
        for (peer, member) in lost { _ = remove(peer, member, from: key, .nodeLost, clock, telling: { $0 != node }) }
        rooms[key]?.interest[node] = nil
        return .swept(cursor: 0, members: lost.count)
    }
}

extension SharedState.Room {
    mutating func removeInterest(of node: NodeInstance) {
        guard let count = interest[node] else { return }
        interest[node] = count > 1 ? count - 1 : nil
    }

    /// The version starts at the store's clock, so that no number is used again after a loss of data.
    mutating func advance(_ clock: SharedState.Clock) {
        version = version == 0 ? UInt64(clamping: clock.micros) : version + 1
    }
}
