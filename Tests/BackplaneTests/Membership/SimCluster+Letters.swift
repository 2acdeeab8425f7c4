import SignalDomain

@testable import Backplane

/// What may be wrong with letters, and with what clients of dialect 2 are shown.
extension SimCluster {
    /// A session ended, as far as the store is concerned; a sweep ends only what was on a node that lost its lease.
    mutating func noteEnd(of record: MemberRecord, by command: BackplaneCommand) {
        if case .sweep = command, !lapsed.contains(record.node) { return }
        noteEnd(of: record)
    }

    mutating func noteEnd(of record: MemberRecord) {
        ended[record.session] = max(ended[record.session] ?? 0, record.connectionNumber)
    }

    /// The copies of a node died with it, and those of signals that it was given and had no word for yet.
    mutating func noteLostCopies(of index: Int) {
        let copies = nodes[index].machine.delivery.copies
        let lost = Set(copies.all.compactMap { copies[$0]?.letter }.map { SimClient.Name($0.session, $0.id) })
        for (peer, client) in clients {
            for (position, signal) in client.signals.enumerated()
            where client.socket?.node == index || lost.contains(.init(client.session, String(signal.id))) {
                clients[peer]?.signals[position].lostItsCopy = true
            }
        }
    }

    /// What the store tells senders that they cannot be told otherwise.
    mutating func noteReports() {
        for (address, inbox) in shared.inboxes {
            for entry in inbox.entries where entry.letter.kind == .undeliverable {
                reported.insert(.init(address.session, entry.letter.id))
            }
        }
    }

    /// One event for the clients that watch a room: joins and leaves take turns, and only who is gone has left.
    mutating func show(
        _ event: PresenceEvent, in room: RoomKey, to watchers: [PeerID: ConnectionID], _ before: Past
    ) {
        for (watcher, connection) in watchers where clients[watcher]?.socket?.connection == connection {
            switch event {
            case .joined(let peer, _):
                if clients[watcher]?.socket?.shown.insert(peer).inserted == false {
                    wrongs.insert("\(watcher) sees \(peer) join twice")
                }
            case .left(let peer, _):
                if clients[watcher]?.socket?.shown.remove(peer) == nil {
                    wrongs.insert("\(watcher) sees \(peer) leave who was not there")
                }
            case .updated(let peer, _, _):
                if clients[watcher]?.socket?.shown.contains(peer) == false {
                    wrongs.insert("\(watcher) sees \(peer) change who is not there")
                }
            }
        }
        if case .left(let peer, let reason) = event, isClient(peer), !hasLeft(peer, reason, in: room, before) {
            wrongs.insert("\(watchers.keys) see \(peer) leave (\(reason)) and it did not")
        }
    }

    /// Whether the session that was shown of a peer has ended, or was lost with its node.
    private func hasLeft(_ peer: PeerID, _ reason: LeaveReason, in room: RoomKey, _ before: Past) -> Bool {
        guard let session = before.shown[room]?.roster?.entries[peer]?.session else { return true }
        let record = before.record(of: peer, in: room)
        if !isHeld(session, in: room) { return true }
        // A failover may undo a takeover, and show the earlier session until the later one is announced.
        if reason == .replaced, hasLostData || clients[peer]?.session != session { return true }
        // A failover may undo a resume, whose earlier node then takes its own connection back.
        if let end = ended[session], hasLostData || record?.connectionNumber ?? 0 <= end { return true }
        guard let record, lapsed.contains(record.node) else { return false }
        return shared.rooms[room]?.members[peer]?.session != session
    }

    private func isHeld(_ session: SessionID, in room: RoomKey) -> Bool {
        nodes.contains { node in
            node.isRunning
                && node.machine.membership.rooms[room]?.local.values.contains { $0.session == session } == true
        }
    }

    /// What is wrong with clients and letters at rest.
    var letterFaults: [String] {
        guard !clients.isEmpty else { return [] }
        var found = wrongs.sorted()
        for client in clients.values.map(\.informed) {
            for signal in client.signals where signal.final == nil { found += fault(of: signal, client) }
            guard let socket = client.socket, socket.isWelcomed else { continue }
            let others = Set(shared.rooms[room]?.members.keys.map { $0 } ?? []).subtracting([client.peer])
            if socket.shown != others { found.append("\(client.peer) was shown \(socket.shown), not \(others)") }
        }
        for node in nodes where node.isRunning { found += leftovers(on: node) }
        return found
    }

    private func fault(of signal: SimClient.Signal, _ client: SimClient) -> [String] {
        if signal.lostItsCopy, hasLostData { return [] }
        let isDelivered = clients[signal.to]?.hasSurfaced(signal.id, from: client.session) == true
        let isDue = clients[signal.to]?.isWelcomed == true && clients[signal.to]?.lives == signal.life
        let isReported = reported.contains(.init(client.session, String(signal.id)))
        if signal.isPromised, !isDelivered, !isReported, isDue {
            return ["signal \(signal.id) of \(client.peer) was stored and is lost"]
        }
        return client.isWelcomed ? ["\(client.peer) never hears what became of signal \(signal.id)"] : []
    }

    private func leftovers(on node: Node) -> [String] {
        let delivery = node.machine.delivery
        var found: [String] = []
        if delivery.isBusy { found.append("\(delivery.node) keeps \(delivery.copies.all) for ever") }
        if !delivery.arriving.isEmpty { found.append("\(delivery.node) expects somebody for ever") }
        if !node.machine.joins.isEmpty { found.append("\(delivery.node) has joins without an end") }
        if !node.machine.away.isEmpty { found.append("\(delivery.node) has somebody away for ever") }
        for (place, resident) in delivery.residents {
            if !resident.shelf.isEmpty { found.append("\(place.peer) has not got everything") }
            if node.machine.membership.rooms[place.room]?.local[place.peer] == nil {
                found.append("\(delivery.node) remembers \(place.peer) for ever")
            }
        }
        return found
    }
}
