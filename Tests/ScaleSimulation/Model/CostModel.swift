/// The cost model of the cluster (docs/cluster.md, "What this costs"), applied to what happens in the simulated world: it
/// knows which nodes hold which rooms, and nothing of the machines under test.
package struct CostModel: Sendable {
    private struct Holder {
        var node: Int
        var members: Int
    }

    /// What Redis must have been asked so far.
    package private(set) var commands = Counts<CommandKind>()
    package private(set) var frames = Counts<FrameKind>()
    /// Signals whose receivers are all on the sender's node.
    package private(set) var localSignals = 0
    package private(set) var remoteSignals = 0
    private var holders: [[Holder]]

    init(rooms: Int) { holders = Array(repeating: [], count: rooms) }

    /// Nodes that hold a room.
    package func nodes(of room: Int) -> Int { holders[room].count }

    /// Pairs of a room and a node that holds it.
    package var shares: Int { holders.reduce(0) { $0 + $1.count } }

    /// JOIN with k − 1 frames; the first of a node: SADD before, and SYNC if others are there. The first frame of the
    /// client: UPDATE.
    mutating func join(_ room: Int, at node: Int) {
        commands[.join] += 1
        commands[.update] += 1
        if let index = holders[room].firstIndex(where: { $0.node == node }) {
            frames[.membership] += holders[room].count - 1
            holders[room][index].members += 1
            return
        }
        commands[.index] += 1
        if !holders[room].isEmpty { commands[.sync] += 1 }
        frames[.membership] += holders[room].count
        holders[room].append(Holder(node: node, members: 1))
    }

    /// LEAVE with a frame for each other node; the last of a node: SREM after.
    mutating func leave(_ room: Int, at node: Int) {
        commands[.leave] += 1
        guard let index = holders[room].firstIndex(where: { $0.node == node }) else { return }
        frames[.membership] += holders[room].count - 1
        holders[room][index].members -= 1
        guard holders[room][index].members == 0 else { return }
        commands[.unindex] += 1
        holders[room].remove(at: index)
    }

    mutating func direct(isRemote: Bool) {
        count(isRemote: isRemote)
        guard isRemote else { return }
        commands[.publish] += 1
        frames[.signal] += 1
    }

    mutating func broadcast(in room: Int) {
        let others = holders[room].count - 1
        count(isRemote: others > 0)
        guard others > 0 else { return }
        commands[others == 1 ? .publish : .fan] += 1
        frames[.signal] += others
    }

    mutating func sendReliably(isRemote: Bool) {
        count(isRemote: isRemote)
        guard isRemote else { return }
        commands[.send] += 1
        frames[.signal] += 1
    }

    /// A node renewed its lease and heard its own echo.
    mutating func beat() {
        commands[.heartbeat] += 1
        frames[.echo] += 1
    }

    /// The rooms are held elsewhere now, by means that are judged apart.
    mutating func reseat(_ seating: Seating) {
        holders = Array(repeating: [], count: holders.count)
        for (peer, seat) in seating.seats.enumerated() where seat.isIn {
            let room = Seating.room(of: peer)
            if let index = holders[room].firstIndex(where: { $0.node == seat.node }) {
                holders[room][index].members += 1
            } else {
                holders[room].append(Holder(node: seat.node, members: 1))
            }
        }
    }

    /// Rooms that `node` holds, and how often another node shares one of them.
    package func rooms(of node: Int) -> (held: Int, sharedBy: Int) {
        let held = holders.filter { $0.contains { $0.node == node } }
        return (held.count, held.reduce(0) { $0 + $1.count - 1 })
    }

    private mutating func count(isRemote: Bool) {
        if isRemote { remoteSignals += 1 } else { localSignals += 1 }
    }
}
