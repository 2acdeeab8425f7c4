import SignalDomain

/// Announces: the recovery of a node's members after any loss.
extension SharedState {
    /// ANN: what a node says of its own members is the truth, except where somebody else's claim is better.
    mutating func announce(_ command: AnnounceCommand, _ clock: Clock) -> BackplaneReply {
        if isFenced(command.node) { return .fenced }
        let own = Set(command.previous).union([command.node])
        var lost: [AnnounceLoss] = []
        var waiting: [WaitingLetters] = []
        for entry in command.entries {
            let holder = rooms[command.room]?.members[entry.peer]
            if guards.contains(.announceCompares), let cause = holder?.prevails(over: entry, own: own) {
                lost.append(AnnounceLoss(peer: entry.peer, connection: entry.record.connection, cause: cause))
                continue
            }
            if holder?.connection != entry.record.connection || holder?.node != command.node {
                place(entry, for: command.node, replacing: holder, in: command.room, clock)
            }
            let session = entry.record.session
            let entries = inbox(of: session, in: command.room, clock)
            if !entries.isEmpty { waiting.append(WaitingLetters(peer: entry.peer, session: session, entries: entries)) }
        }
        let announcement = Announcement(room: command.room, node: command.node)
        let listed = (announced[announcement] ?? []).union(command.entries.map(\.peer))
        announced[announcement] = command.isLast ? nil : listed
        guard command.isLast else { return .announced(lost: lost, waiting: waiting) }
        if guards.contains(.announceDeletes) {
            disown(command, own: own, except: listed, clock)
        }
        return .announced(lost: lost, waiting: waiting)
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
        if let holder, holder.session != record.session {
            undeliver(holder.session, of: entry.peer, in: key, .replaced, clock)
        }
    }

    /// Deletes what the store still lists for this process although the process no longer holds it, and recounts.
    private mutating func disown(
        _ command: AnnounceCommand, own: Set<NodeInstance>, except listed: Set<PeerID>, _ clock: Clock
    ) {
        let (key, node) = (command.room, command.node)
        guard let room = rooms[key] else { return }
        let gone = room.members.filter { peer, member in
            own.contains(member.node) && !listed.contains(peer)
                && !(member.node == node
                    && command.lostJoins.contains(.init(peer: peer, connection: member.connection)))
        }
        for (peer, member) in gone.sorted(by: { $0.key.text < $1.key.text }) {
            _ = remove(peer, member, from: key, .left, clock, telling: { $0 != node })
        }
        guard var left = rooms[key] else { return }
        for instance in own { left.interest[instance] = nil }
        let count = left.members.values.count { $0.node == node }
        if count > 0 { left.interest[node] = count }
        rooms[key] = left.members.isEmpty ? nil : left
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
        if session == other.session { return connectionNumber >= other.connectionNumber ? .stale : nil }
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
