import SignalDomain

@testable import Backplane

extension SimCluster {
    /// What is wrong with a cluster at rest, in sentences.
    func faults(rooms: [RoomKey]) -> [String] {
        var found = wronged.map { "the newest connection \($0) gave way to an older one" }
        found += mournedAlive.filter(isOpen).map { "\($0) was seen leaving and never left" }
        for node in nodes where node.isRunning {
            found += node.waiting.values.map { "\($0.peer) waits for ever on \(node.machine.node)" }
        }
        found += letterFaults
        var state = shared
        for room in rooms {
            guard case .snapshot(let snapshot) = state.execute(.sync(room), nowMicros: now * 1_000).reply else {
                continue
            }
            var holders: [PeerID: (ConnectionID, NodeInstance)] = [:]
            for node in nodes where node.isRunning {
                for session in node.open where session.room == room {
                    if holders[session.peer] != nil { found.append("two sessions of \(session.peer) in \(room)") }
                    holders[session.peer] = (session.connection, node.machine.node)
                }
            }
            for (peer, record) in snapshot.members where holders[peer]?.0 != record.connection {
                found.append("ghost \(peer) of \(record.node) in \(room)")
            }
            for (peer, holder) in holders {
                let record = snapshot.members[peer]
                if record == nil { found.append("\(peer) is missing in \(room)") }
                if let record, record.node != holder.1 { found.append("\(peer) is listed on the wrong node") }
            }
            found += countFaults(snapshot, room)
            found += viewFaults(snapshot, room)
        }
        return found
    }

    private func countFaults(_ snapshot: RoomSnapshot, _ room: RoomKey) -> [String] {
        let counts = Dictionary(grouping: snapshot.members.values, by: \.node).mapValues(\.count)
        return counts == snapshot.interest ? [] : ["interest of \(room) is \(snapshot.interest), members say \(counts)"]
    }

    private func viewFaults(_ snapshot: RoomSnapshot, _ room: RoomKey) -> [String] {
        nodes.flatMap { node -> [String] in
            guard node.isRunning, node.open.contains(where: { $0.room == room }) else { return [] }
            var found: [String] = []
            let view = node.machine.membership.members(of: room).mapValues(\.connection)
            if view != snapshot.members.mapValues(\.connection) {
                found.append("\(node.machine.node) sees \(view.keys) in \(room), not \(snapshot.members.keys)")
            }
            let interest = Set(snapshot.interest.keys).subtracting([node.machine.node])
            if Set(node.interest[room] ?? []) != interest {
                found.append("\(node.machine.node) routes \(room) to \(node.interest[room] ?? []), not \(interest)")
            }
            return found
        }
    }
}
