import SignalDomain

/// How much of moderation is kept.
public struct ModerationBounds: Hashable, Sendable {
    /// Decisions that are stored at once, liftings included. A tenth is kept for those that hold everywhere, which only
    /// operators make.
    public var sanctions: Int
    /// Decisions of one room, so that its moderators use up nobody else's; its closure is always kept.
    public var sanctionsPerRoom: Int
    /// Decisions of all rooms of one namespace.
    public var sanctionsPerNamespace: Int
    /// Milliseconds for which a lifting is remembered.
    public var liftedMs: Int64
    /// Invites of one room that have not run out.
    public var invitesPerRoom: Int

    /// Decisions that are stored at once for all rooms together.
    public var sanctionsOfRooms: Int { sanctions - sanctions / 10 }

    public init(
        sanctions: Int = 10_000, sanctionsPerRoom: Int = 500, sanctionsPerNamespace: Int = 5_000,
        liftedMs: Int64 = 86_400_000, invitesPerRoom: Int = 1_000
    ) {
        self.sanctions = sanctions
        self.sanctionsPerRoom = sanctionsPerRoom
        self.sanctionsPerNamespace = sanctionsPerNamespace
        self.liftedMs = liftedMs
        self.invitesPerRoom = invitesPerRoom
    }
}

/// Decisions of moderators.
extension SharedState {
    mutating func sanction(_ new: [SanctionEntry], isNew: Bool, _ clock: Clock) -> BackplaneReply {
        pruneSanctions(clock)
        let listeners = live.keys.sorted()
        var stored: [SanctionEntry] = []
        for var entry in new {
            let known = sanctions[entry.id]?.stamp ?? -1
            if isNew { entry.stamp = max(clock.millis, known + 1, entry.stamp) }
            guard entry.stamp > known, entry.sanction.isInForce(at: clock.millis) else { continue }
            guard known >= 0 || hasPlace(for: entry.sanction, isNew: isNew) else { return .full }
            sanctions[entry.id] = entry
            publish(.sanction(entry), to: listeners)
            stored.append(entry)
        }
        return .sanctions(stored)
    }

    /// Whether one more decision can be kept. What nodes recall was kept before: only the size of the table counts.
    private func hasPlace(for sanction: Sanction, isNew: Bool) -> Bool {
        guard isNew, let room = sanction.room else { return sanctions.count < moderation.sanctions }
        let rooms = sanctions.values.compactMap(\.sanction.room)
        return sanctions.count < moderation.sanctionsOfRooms
            && (sanction.kind == .closure || rooms.count { $0 == room } < moderation.sanctionsPerRoom)
            && rooms.count { $0.namespace == room.namespace } < moderation.sanctionsPerNamespace
    }

    mutating func listSanctions(_ clock: Clock) -> BackplaneReply {
        pruneSanctions(clock)
        return .sanctions(sanctions.values.sorted { $0.id < $1.id })
    }

    private mutating func pruneSanctions(_ clock: Clock) {
        sanctions = sanctions.filter { _, entry in
            entry.sanction.isInForce(at: clock.millis)
                && !(entry.isLifted && entry.stamp <= clock.millis - moderation.liftedMs)
        }
    }

    /// Told to all: the peer may be on its way from one node to another.
    mutating func kick(_ peer: PeerID, from room: RoomKey) -> BackplaneReply {
        publish(.kick(room, peer), to: live.keys.sorted())
        return .count(rooms[room]?.members[peer] == nil ? 0 : 1)
    }
}
