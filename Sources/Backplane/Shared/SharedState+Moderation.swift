import SignalDomain

/// How much of moderation is kept.
public struct ModerationBounds: Hashable, Sendable {
    /// Decisions that are stored at once, liftings included.
    public var sanctions: Int
    /// Milliseconds for which a lifting is remembered.
    public var liftedMs: Int64
    /// Invites of one room that have not run out.
    public var invitesPerRoom: Int

    public init(sanctions: Int = 10_000, liftedMs: Int64 = 86_400_000, invitesPerRoom: Int = 1_000) {
        self.sanctions = sanctions
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
            guard known >= 0 || sanctions.count < moderation.sanctions else { return .full }
            sanctions[entry.id] = entry
            publish(.sanction(entry), to: listeners)
            stored.append(entry)
        }
        return .sanctions(stored)
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
