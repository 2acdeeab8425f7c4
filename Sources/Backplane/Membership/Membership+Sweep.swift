import SignalDomain

/// The sweep of a dead node: every survivor cleans the rooms that it shares with the dead, and one of them walks the rest.
struct Sweep: Hashable, Sendable {
    /// Whether this node holds the claim on the room index.
    var isWalking = false
    var claimInFlight = false
    /// Rooms of the walk's present page that are still being swept.
    var openRooms: Set<RoomKey> = []
}

extension Membership {
    /// A node is dead: begins this node's share of the sweep, or tries again for the claim of the rest.
    mutating func sweep(_ dead: NodeInstance) {
        guard life == .live, dead != node else { return }
        if sweeps[dead] == nil {
            sweeps[dead] = Sweep()
            for (key, room) in rooms where room.view.interest.contains(dead) {
                repairs.append(.sweep(key, dead: dead))
            }
        }
        guard sweeps[dead]?.isWalking == false, sweeps[dead]?.claimInFlight == false else { return }
        sweeps[dead]?.claimInFlight = true
        actions.append(.call(.claimSweep(dead: dead, by: node)))
    }

    mutating func claimed(_ dead: NodeInstance, _ isOurs: Bool) {
        sweeps[dead]?.claimInFlight = false
        guard isOurs, sweeps[dead] != nil else { return }
        sweeps[dead]?.isWalking = true
        actions.append(.call(.roomsOfDead(dead)))
    }

    /// One page of the dead node's rooms; an empty page ends the job.
    mutating func walk(_ dead: NodeInstance, _ keys: [RoomKey]) {
        guard sweeps[dead] != nil else { return }
        guard !keys.isEmpty else {
            actions.append(.call(.finishSweep(dead: dead)))
            return
        }
        sweeps[dead]?.openRooms = Set(keys)
        for key in keys { repairs.append(.sweep(key, dead: dead)) }
    }

    mutating func swept(_ key: RoomKey, _ dead: NodeInstance, _ cursor: UInt64) {
        guard cursor == 0 else {
            actions.append(.call(.sweep(key, dead: dead, cursor: cursor)))
            return
        }
        repairs.finish(.sweep(key, dead: dead))
        guard sweeps[dead]?.openRooms.remove(key) != nil else { return }
        actions.append(.call(.unindex(dead, key)))
        if sweeps[dead]?.openRooms.isEmpty == true { actions.append(.call(.roomsOfDead(dead))) }
    }
}
