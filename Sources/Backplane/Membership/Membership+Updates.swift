public import SignalDomain

/// What members of this node let others see of them, and what a runner may ask about a room.
extension Membership {
    /// Changes the flags and the metadata of a member that is held here.
    mutating func update(
        _ key: RoomKey, _ peer: PeerID, _ connection: ConnectionID, _ change: (inout MemberRecord) -> Void
    ) -> [MembershipAction] {
        guard var record = rooms[key]?.local[peer], record.connection == connection else { return [] }
        let old = record
        change(&record)
        guard record != old else { return [] }
        rooms[key]?.local[peer] = record
        sayUpdate(of: peer, in: key)
        return drain()
    }

    /// Tells the shared state; without a connection the next snapshot shows what it lacks.
    mutating func sayUpdate(of peer: PeerID, in key: RoomKey) {
        guard let record = rooms[key]?.local[peer] else { return }
        guard life == .live else { return actions.append(.presence(key, .changedHere(peer, nil))) }
        actions.append(
            .call(
                .update(
                    .init(
                        room: key, peer: peer, node: node, connection: record.connection, flags: record.flags,
                        metadata: record.metadata))))
    }

    mutating func updated(_ command: UpdateCommand, version: UInt64?, now: Int64) {
        guard var room = rooms[command.room] else { return }
        let effects =
            version.map { room.view.offer(.updatedHere(command.peer), version: $0, now: now) }
            ?? [.changedHere(command.peer, nil)]
        rooms[command.room] = room
        tell(effects, in: command.room)
    }

    /// Reads a room again, which lists somebody whom the shared state does not know.
    mutating func doubt(_ key: RoomKey) -> [MembershipAction] {
        if life == .live { resync(key) }
        return drain()
    }

    /// A member as this node sees it.
    public func member(_ peer: PeerID, of key: RoomKey) -> MemberRecord? {
        rooms[key]?.local[peer] ?? rooms[key]?.view.members[peer]
    }

    func version(of key: RoomKey) -> UInt64? { rooms[key]?.view.version }

    /// Whether the members of a room can be told as they are: read on this connection, or as well as an island can.
    func isReadable(_ key: RoomKey) -> Bool { life != .live || rooms[key]?.view.isValid != false }

    /// Whether a member that the shared state does not know may only not be announced yet.
    var isSettling: Bool { settlesAt != nil }

    func whereabouts(of peer: PeerID, in key: RoomKey) -> Delivery.Whereabouts {
        if rooms[key]?.local[peer] != nil { return .here }
        return rooms[key]?.view.members[peer].map { .elsewhere($0.node) } ?? .unlisted
    }
}

extension MemberRecord {
    /// The stored record with what its own node says of the member.
    func keepingWord(of own: MemberRecord) -> MemberRecord {
        var record = self
        let said: Flags = [.away, .unheard]
        record.flags = record.flags.subtracting(said).union(own.flags.intersection(said))
        record.metadata = own.metadata
        return record
    }
}
