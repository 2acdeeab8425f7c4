import SignalDomain

@testable import Backplane

/// Carries out what the machines decide, as `ClusterCore` does.
extension SimCluster {
    /// Stands for the clients of a node that are shown what happens in a room.
    static let witness = (peer: peer("witness"), connection: ConnectionID(bits: 0))

    /// What a node knew, and had shown, before a step.
    struct Past {
        var rooms: [RoomKey: LocalRoom]
        var shown: [RoomKey: ClusterMachine.RoomWatch]

        /// The record of a peer as it was shown, if the node still had it.
        func record(of peer: PeerID, in room: RoomKey) -> MemberRecord? {
            let session = shown[room]?.roster?.entries[peer]?.session
            return [rooms[room]?.local[peer], rooms[room]?.view.members[peer]]
                .compactMap { $0 }.first { $0.session == session }
        }
    }

    /// One step of one machine.
    mutating func run(_ index: Int, _ body: (inout ClusterMachine, Int64) -> [ClusterAction]) {
        let machine = nodes[index].machine
        let before = Past(rooms: machine.membership.rooms, shown: machine.rosters)
        for action in body(&nodes[index].machine, now) { perform(action, at: index, before) }
        seatWitness(at: index)
    }

    /// Clients of dialect 1 are shown nothing: a witness is, as long as one of them is in the room.
    private mutating func seatWitness(at index: Int) {
        let rooms = Set(nodes[index].open.filter(\.isLegacy).map(\.room))
        let witnessed = nodes[index].machine.rosters.filter { $0.value.watchers[Self.witness.peer] != nil }.keys
        for room in witnessed where !rooms.contains(room) {
            nodes[index].machine.stopWatching(Place(room: room, peer: Self.witness.peer))
        }
        for room in rooms where !witnessed.contains(room) {
            var watch = nodes[index].machine.rosters[room] ?? .init()
            watch.roster = watch.roster ?? Roster(nodes[index].machine.membership.members(of: room))
            watch.watchers[Self.witness.peer] = Self.witness.connection
            nodes[index].machine.rosters[room] = watch
        }
    }

    private mutating func perform(_ action: ClusterAction, at index: Int, _ before: Past) {
        switch action {
        case .membership(let action): perform(action, at: index, before)
        case .delivery(.call(let command)): call(command, at: index)
        case .delivery(.deliver(let connection, let letter, let sequence)):
            hand(.letter(letter, sequence: sequence ?? 0), to: connection)
        case .delivery(.outcome(let connection, let id, let peer, let outcome)):
            hand(.outcome(id: id ?? "", to: peer, outcome), to: connection)
        case .delivery(.unconfirmed), .delivery(.resync), .pass, .forward, .dropped: break
        case .welcome(let connection, let arrival):
            guard let session = nodes[index].waiting.removeValue(forKey: connection) else { return }
            nodes[index].open.insert(session)
            greet(connection, arrival)
        case .presence(let event, let room, _, let watchers):
            present(event, in: room, to: watchers, at: index, before)
        case .resync(let list, let room, let watchers):
            for event in list.events {
                present(event, in: room, to: watchers.filter { $0.key != event.peer }, at: index, before)
            }
            for (watcher, connection) in watchers where clients[watcher]?.socket?.connection == connection {
                let others = Set(list.members.keys).subtracting([watcher])
                if clients[watcher]?.socket?.shown != others {
                    wrongs.insert("\(watcher) is sent another list than told")
                }
            }
        }
    }

    private mutating func present(
        _ event: PresenceEvent, in room: RoomKey, to watchers: [PeerID: ConnectionID], at index: Int, _ before: Past
    ) {
        if keepsHistory { nodes[index].presence.append((room, event)) }
        note(event, in: room, before)
        show(event, in: room, to: watchers, before)
    }

    private mutating func call(_ command: BackplaneCommand, at index: Int) {
        if nodes[index].isLinked { nodes[index].commands.append(command) }
    }

    private mutating func perform(_ action: MembershipAction, at index: Int, _ before: Past) {
        switch action {
        case .connect: unlinkSilently(index)
        case .refence: begin(index, as: instance(of: index))
        case .reconnect: unlink(index)
        case .call(let command): call(command, at: index)
        case .ready: nodes[index].isReady = true
        case .mismatched, .degraded, .presence, .synced: break
        case .answer(let connection, let answer):
            if keepsHistory { nodes[index].answers[connection] = answer }
            guard let session = nodes[index].waiting.removeValue(forKey: connection) else { return }
            if case .admitted = answer { nodes[index].open.insert(session) }
            if answer == .stale, isNewest(connection, of: session.peer) { wronged.insert(connection) }
            turnAway(connection, answer)
        case .close(let room, let peer, let connection, let loss):
            if loss == .stale, isNewest(connection, of: peer) { wronged.insert(connection) }
            if isClient(peer) {
                if loss != .stale, let record = before.rooms[room]?.local[peer] { noteEnd(of: record) }
                end(connection, loss, at: index)
            } else {
                leave(connection, at: index, loss == .inUse ? .left : .replaced)
            }
        case .interest(let room, let others): nodes[index].interest[room] = others.isEmpty ? nil : others
        }
    }

    private func isNewest(_ connection: ConnectionID, of peer: PeerID) -> Bool {
        connection.bits & 0xFFFF_FFFF == clients[peer]?.dials ?? dials[peer]
    }

    /// Who of those whose sockets are open is seen leaving.
    private mutating func note(_ event: PresenceEvent, in room: RoomKey, _ before: Past) {
        guard case .left(let peer, let reason) = event, reason != .replaced, !isClient(peer),
            let record = before.rooms[room]?.view.members[peer], !lapsed.contains(record.node),
            !displaced.contains(record.connection), isOpen(record.connection) || isWaiting(record.connection)
        else { return }
        mournedAlive.insert(record.connection)
    }

    /// What a step of the store took from whom.
    mutating func noteDisplaced(since before: [RoomKey: SharedState.Room], by command: BackplaneCommand) {
        for (key, room) in before {
            for (peer, old) in room.members {
                let new = shared.rooms[key]?.members[peer]
                if let new, new.connection != old.connection { displaced.insert(old.connection) }
                if new?.session != old.session { noteEnd(of: old, by: command) }
            }
        }
    }

    private func isWaiting(_ connection: ConnectionID) -> Bool {
        nodes.contains { $0.waiting[connection] != nil }
    }

    func isOpen(_ connection: ConnectionID) -> Bool {
        nodes.contains { node in node.open.contains { $0.connection == connection } }
    }
}
