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
        return .joined(
            JoinReply(version: room.version, record: record, interest: room.interest, replaced: old))
    }

    /// Whether the holder of the peer ID keeps it against `command`.
    private func refusal(of command: JoinCommand, by old: MemberRecord) -> BackplaneReply? {
        let new = command.record
        if old.session == new.session {
            return guards.contains(.connectionOrder) && old.connectionNumber >= new.connectionNumber ? .stale : nil
        }
        if command.takeover == .anyone { return nil }
        let sameOwner = old.owner == new.owner
        let bothLegacy = old.flags.contains(.legacy) && new.flags.contains(.legacy)
        return sameOwner && (old.owner.hasPrefix("sub:") || bothLegacy) ? nil : .inUse
    }

    mutating func leave(_ command: LeaveCommand) -> BackplaneReply {
        guard let member = rooms[command.room]?.members[command.peer] else { return .left(version: nil) }
        let isMeant = member.node == command.node && member.connection == command.connection
        if guards.contains(.compareAndDelete), !isMeant { return .left(version: nil) }
        let version = remove(command.peer, member, from: command.room, command.reason, telling: { $0 != command.node })
        return .left(version: version)
    }

    /// Takes one member out, tells the interested nodes that `telling` admits, and forgets an empty room.
    private mutating func remove(
        _ peer: PeerID, _ member: MemberRecord, from key: RoomKey, _ reason: LeaveReason,
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
        return room.version
    }

    /// SWEEP refuses a live node: only a dead one has members that nobody holds.
    mutating func sweep(_ key: RoomKey, _ node: NodeInstance) -> BackplaneReply {
        guard live[node] == nil, let room = rooms[key] else { return .swept(cursor: 0) }
        let lost = room.members.filter { $0.value.node == node }.sorted { $0.key.text < $1.key.text }
        for (peer, member) in lost { _ = remove(peer, member, from: key, .nodeLost, telling: { $0 != node }) }
        rooms[key]?.interest[node] = nil
        return .swept(cursor: 0)
    }

    /// ANN: what a node says of its own members is the truth, except where somebody else's claim is better.
    mutating func announce(_ command: AnnounceCommand, _ clock: Clock) -> BackplaneReply {
        if isFenced(command.node) { return .fenced }
        let own = Set(command.previous).union([command.node])
        var lost: [AnnounceLoss] = []
        for entry in command.entries {
            let holder = rooms[command.room]?.members[entry.peer]
            if guards.contains(.announceCompares), let cause = holder?.prevails(over: entry, own: own) {
                lost.append(AnnounceLoss(peer: entry.peer, connection: entry.record.connection, cause: cause))
            } else if holder?.connection != entry.record.connection || holder?.node != command.node {
                place(entry, for: command.node, replacing: holder, in: command.room, clock)
            }
        }
        let announcement = Announcement(room: command.room, node: command.node)
        let listed = (announced[announcement] ?? []).union(command.entries.map(\.peer))
        announced[announcement] = command.isLast ? nil : listed
        guard command.isLast else { return .announced(lost: lost) }
        if guards.contains(.announceDeletes) { disown(command.room, own: own, except: listed, node: command.node) }
        return .announced(lost: lost)
    }

    private mutating func place(
        _ entry: AnnounceCommand.Entry, for node: NodeInstance, replacing holder: MemberRecord?, in key: RoomKey,
        _ clock: Clock
    ) {
        var room = rooms[key] ?? Room()
        let told = Set(room.interest.keys).subtracting([node])
        if let holder { room.removeInterest(of: holder.node) }
        room.interest[node, default: 0] += 1
        room.advance(clock)
        var record = entry.record
        record.node = node
        if record.generation == 0 { record.generation = max(room.version, UInt64(clamping: clock.micros)) + 1 }
        room.members[entry.peer] = record
        rooms[key] = room
        publish(.joined(key, version: room.version, entry.peer, record), to: told.sorted())
    }

    /// Deletes what the store still lists for this process although the process no longer holds it, and recounts.
    private mutating func disown(_ key: RoomKey, own: Set<NodeInstance>, except listed: Set<PeerID>, node: NodeInstance)
    {
        guard let room = rooms[key] else { return }
        let gone = room.members.filter { own.contains($0.value.node) && !listed.contains($0.key) }
        for (peer, member) in gone.sorted(by: { $0.key.text < $1.key.text }) {
            _ = remove(peer, member, from: key, .left, telling: { $0 != node })
        }
        guard var left = rooms[key] else { return }
        for instance in own { left.interest[instance] = nil }
        let count = left.members.values.count { $0.node == node }
        if count > 0 { left.interest[node] = count }
        rooms[key] = left.members.isEmpty ? nil : left
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

extension MemberRecord {
    /// Whether this stored record keeps the peer ID against an announced one, and how the loser closes (§2.9).
    ///
    /// One session: its newer connection wins. One owner: the younger session wins. Otherwise the confirmed record beats
    /// the island one, then the older join, then the smaller session id.
    func prevails(over entry: AnnounceCommand.Entry, own: Set<NodeInstance>) -> AnnounceLoss.Cause? {
        let other = entry.record
        if connection == other.connection { return nil }
        if session == other.session { return connectionNumber >= other.connectionNumber ? .replaced : nil }
        if own.contains(node) { return nil }
        if owner == other.owner {
            let isYounger = (generation, session.text) > (other.generation, other.session.text)
            return isYounger ? .replaced : nil
        }
        let mine = flags.contains(.island)
        let theirs = other.flags.contains(.island)
        if mine != theirs { return theirs ? .inUse : nil }
        if joinedAt != other.joinedAt { return joinedAt < other.joinedAt ? .inUse : nil }
        return session.text < other.session.text ? .inUse : nil
    }
}
