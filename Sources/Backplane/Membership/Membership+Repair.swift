import SignalDomain

/// Replies, events from other nodes, and the repair of what an outage or a dead node left behind.
extension Membership {
    /// The outcome of a command. Outcomes of an earlier connection are void.
    public mutating func completed(
        _ command: BackplaneCommand, _ result: Result<BackplaneReply, BackplaneError>, generation: UInt64, now: Int64
    ) -> [MembershipAction] {
        if guards.contains(.repliesPerConnection), generation != self.generation { return [] }
        guard life != .offline else { return [] }
        switch result {
        case .success(let reply): apply(command, reply, now: now)
        case .failure(.refused(let reason)):
            // A store that is full refuses joins and nothing else; anything else that is refused needs a new start.
            if case .join(let join) = command {
                refused(join)
            } else {
                actions.append(.reconnect(after: .refused, reason: reason))
            }
        case .failure: break  // The loss of the connection is on its way, and repairs everything.
        }
        pump()
        return drain()
    }

    private mutating func apply(_ command: BackplaneCommand, _ reply: BackplaneReply, now: Int64) {
        switch (command, reply) {
        case (.register, _), (.heartbeat, _): confirmed(reply, now: now)
        case (.join(let command), _): joined(command, reply, now: now)
        case (.leave(let command), .left(let version)): left(command, version: version, now: now)
        case (.update(let command), .updated(let version)): updated(command, version: version, now: now)
        case (.announce(let command), .announced(let lost, _)): announced(command, lost)
        case (.sync(let key), .snapshot(let snapshot)): synced(key, snapshot, now: now)
        case (.sweep(let key, let dead, _), .swept(let cursor, _)): swept(key, dead, cursor)
        case (.claimSweep(let dead, _), .claimed(let isOurs)): claimed(dead, isOurs)
        case (.roomsOfDead(let dead), .rooms(let keys)): walk(dead, keys)
        case (.finishSweep(let dead), _): sweeps[dead] = nil
        case (_, .fenced): actions.append(.refence)
        default: break
        }
    }

    /// One frame out of the inbox; signals do not pass through here.
    public mutating func receive(_ frame: InboxFrame, now: Int64) -> [MembershipAction] {
        guard life != .offline else { return [] }
        switch frame {
        case .joined(let key, let version, let peer, let record):
            guard var room = rooms[key] else { break }
            let effects = room.view.offer(.joined(peer, record), version: version, now: now)
            rooms[key] = room
            yield(peer, to: record, at: version, in: key)
            tell(effects, in: key)
        case .left(let key, let version, let peer, let departure):
            guard var room = rooms[key] else { break }
            let effects = room.view.offer(.left(peer, departure), version: version, now: now)
            rooms[key] = room
            tell(effects, in: key)
            // Somebody removed a member that is alive here: the announce puts it back, or finds this node fenced.
            if departure.node == node, room.local[peer]?.connection == departure.connection,
                let listed = room.listedAt[peer], version > listed
            {
                recover(key)
            }
        case .dead(let instance):
            if instance == node { actions.append(.refence) } else { sweep(instance) }
        case .echo(let sequence):
            beatsEchoed = max(beatsEchoed, min(sequence, beatsSent))
        case .broadcast, .variant, .directed, .letter, .confirmed, .undeliverable, .sanction, .kick, .console:
            break
        }
        pump()
        return drain()
    }

    /// Another node holds the peer ID since `version`: an older session here closes, and takes back exactly itself.
    /// A session whose place the shared state has not confirmed on this connection waits for the announce to decide.
    mutating func yield(_ peer: PeerID, to record: MemberRecord, at version: UInt64, in key: RoomKey) {
        guard let room = rooms[key], let own = room.local[peer], let listed = room.listedAt[peer], version > listed
        else { return }
        // A store that lost the newer connection of a session may have taken the older one back.
        if isAhead(own, of: record) { return recover(key) }
        dismiss(peer, own.session == record.session ? .stale : .replaced, in: key)
    }

    /// Asks for the recovery of a room: after every reconnect, and whenever others removed a member of ours.
    mutating func recover(_ key: RoomKey) {
        guard life == .live, rooms[key] != nil else { return }
        rooms[key]?.view.beginSync()
        repairs.append(.recover(key))
    }

    /// Announces a room, then reads it.
    private mutating func announce(_ key: RoomKey) {
        guard var room = rooms[key] else { return repairs.finish(.recover(key)) }
        if guards.contains(.announceAwaitsJoins), !room.joining.isEmpty {
            rooms[key]?.recoversLater = true
            return repairs.finish(.recover(key))
        }
        if !room.isIndexed, !room.local.isEmpty {
            room.isIndexed = true
            actions.append(.call(.index(node, key)))
        }
        room.mayBeListed = room.mayBeListed || !room.local.isEmpty
        rooms[key] = room
        let entries = room.local.sorted { $0.key.text < $1.key.text }.map {
            AnnounceCommand.Entry(peer: $0.key, record: $0.value)
        }
        let spared = settlesAt == nil ? [:] : room.lostJoins
        let lostJoins = spared.sorted { $0.key.text < $1.key.text }.map {
            AnnounceCommand.LostJoin(peer: $0.key, connection: $0.value)
        }
        let size = AnnounceCommand.pageSize
        for start in stride(from: 0, to: max(entries.count, 1), by: size) {
            let page = Array(entries[start..<min(start + size, entries.count)])
            let isLast = start + size >= entries.count
            actions.append(
                .call(
                    .announce(
                        .init(
                            room: key, node: node, previous: previous, entries: page, isLast: isLast,
                            lostJoins: isLast ? lostJoins : []))))
        }
        actions.append(.call(.sync(key)))
    }

    mutating func resync(_ key: RoomKey) {
        guard rooms[key]?.view.isSyncing == false else { return }
        rooms[key]?.view.beginSync()
        actions.append(.call(.sync(key)))
    }

    private mutating func announced(_ command: AnnounceCommand, _ lost: [AnnounceLoss]) {
        for loss in lost where rooms[command.room]?.local[loss.peer]?.connection == loss.connection {
            dismiss(loss.peer, MembershipLoss(loss.cause), in: command.room)
        }
    }

    private mutating func synced(_ key: RoomKey, _ snapshot: RoomSnapshot, now: Int64) {
        repairs.finish(.recover(key))
        guard var room = rooms[key] else { return }
        if settlesAt == nil, room.local.keys.contains(where: { snapshot.members[$0] == nil }) {
            // A store that lacks a member of ours may have lost those of others, too.
            beginSettling(now)
        }
        let spared = settlesAt == nil ? [:] : room.lostJoins
        let effects = room.view.apply(
            snapshot, own: node, settling: settlesAt != nil, sparing: Set(spared.keys), now: now)
        rooms[key] = room
        compareOwn(with: snapshot, in: key)
        tell(effects, in: key)
        actions.append(.synced(key))
        forgetIfIdle(key, confirmed: true)
    }

    /// What the snapshot says of the members of this node, unless they were placed after it.
    private mutating func compareOwn(with snapshot: RoomSnapshot, in key: RoomKey) {
        guard var room = rooms[key] else { return }
        var isAnyoneMissing = false
        var lost: [PeerID: MembershipLoss] = [:]
        var unsaid: [PeerID] = []
        for (peer, own) in room.local where room.listedAt[peer].map({ $0 <= snapshot.version }) ?? true {
            guard let record = snapshot.members[peer] else {
                isAnyoneMissing = true
                continue
            }
            if record.connection == own.connection {
                room.local[peer] = record.keepingWord(of: own)
                room.listedAt[peer] = snapshot.version
                if room.local[peer] != record { unsaid.append(peer) }
            } else if isAhead(own, of: record) {
                isAnyoneMissing = true
            } else if record.node != node {
                lost[peer] = own.session == record.session ? .stale : .replaced
            }
        }
        rooms[key] = room
        for (peer, loss) in lost { dismiss(peer, loss, in: key) }
        for peer in unsaid { sayUpdate(of: peer, in: key) }
        if isAnyoneMissing { recover(key) }
    }

    /// Lets the next repairs begin.
    mutating func pump() {
        guard life == .live else { return }
        while let task = repairs.release(limit: Self.maxRepairsInFlight) {
            switch task {
            case .recover(let key): announce(key)
            case .sweep(let key, let dead): actions.append(.call(.sweep(key, dead: dead, cursor: 0)))
            }
        }
    }

    /// Whether a member of this node is a later connection of the same session: the rules that order connections, at a
    /// join and at an announce, let it take its place back.
    private func isAhead(_ own: MemberRecord, of other: MemberRecord) -> Bool {
        guards.contains([.connectionOrder, .announceCompares]) && own.session == other.session
            && own.connectionNumber > other.connectionNumber
    }
}
