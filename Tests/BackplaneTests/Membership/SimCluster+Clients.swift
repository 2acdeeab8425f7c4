import NIOCore
import SignalDomain

@testable import Backplane

/// What clients of dialect 2 do, and what is done to them.
extension SimCluster {
    func isClient(_ peer: PeerID) -> Bool { clients[peer] != nil }

    private func place(of client: SimClient) -> Place { Place(room: room, peer: client.peer) }

    /// A new socket: of the session that is there, or of a new one.
    mutating func dial(_ name: String, at index: Int, anew: Bool = false) {
        var client = clients[peer(name)] ?? SimClient(peer(name))
        if anew || client.isOver { client.startOver() }
        client.dials += 1
        let letter = UInt64(name.utf8.first ?? 0)
        let connection = ConnectionID(bits: letter << 32 | client.dials)
        let token = client.token ?? "t\(client.dials)"
        client.socket = .init(connection: connection, node: index, token: token)
        client.wire = []
        clients[client.peer] = client
        let record = MemberRecord(
            node: nodes[index].machine.node, session: client.session, connectionNumber: client.dials,
            connection: connection, owner: "sub:\(name)", resumeDigest: token,
            flags: client.token == nil ? .unheard : [])
        nodes[index].waiting[connection] = Session(
            room: room, peer: client.peer, connection: connection, isLegacy: false)
        let command = JoinCommand(room: room, peer: client.peer, record: record, hasProof: client.token != nil)
        run(index) { $0.join(command, wallMs: $1, now: $1) }
    }

    /// The client has lost its socket, and has read what was on its way to it before, or not. The node does not know.
    mutating func lose(_ peer: PeerID, hasRead: Bool) {
        if hasRead { read(peer) { _ in false } }
        clients[peer]?.socket = nil
        clients[peer]?.wire = []
    }

    /// Sockets of a node whose clients are gone.
    func abandoned(at index: Int) -> [ConnectionID] {
        let all = nodes[index].open.union(nodes[index].waiting.values)
        return all.filter { isClient($0.peer) && clients[$0.peer]?.socket?.connection != $0.connection }
            .map(\.connection).sorted { $0.bits < $1.bits }
    }

    /// Whether a node still holds a socket, admitted or not.
    func holds(_ connection: ConnectionID) -> Bool {
        isOpen(connection) || nodes.contains { $0.waiting[connection] != nil }
    }

    /// A node finds that a socket is gone.
    mutating func notice(_ connection: ConnectionID, at index: Int) {
        guard let session = close(connection, at: index) else { return }
        let place = Place(room: session.room, peer: session.peer)
        run(index) { $0.closed(place, connection, .lost, now: $1) }
    }

    /// The client says `leave`.
    mutating func retire(_ peer: PeerID) {
        guard var client = clients[peer], let socket = client.socket else { return }
        client.isOver = true
        client.socket = nil
        client.wire = []
        clients[peer] = client
        guard close(socket.connection, at: socket.node) != nil else { return }
        ended[client.session] = client.dials
        let place = place(of: client)
        run(socket.node) { $0.closed(place, socket.connection, .left(.left), now: $1) }
    }

    private mutating func close(_ connection: ConnectionID, at index: Int) -> Session? {
        if let waiting = nodes[index].waiting.removeValue(forKey: connection) { return waiting }
        guard let session = nodes[index].open.first(where: { $0.connection == connection }) else { return nil }
        nodes[index].open.remove(session)
        return session
    }

    // MARK: Signals

    mutating func send(from sender: PeerID, to target: PeerID) {
        guard var client = clients[sender] else { return }
        client.lastID += 1
        client.signals.append(.init(id: client.lastID, to: target, life: clients[target]?.lives ?? 0))
        clients[sender] = client
        transmit(client.lastID, of: client)
    }

    private mutating func transmit(_ id: UInt64, of client: SimClient) {
        guard let socket = client.socket, isOpen(socket.connection) else { return }
        for signal in client.signals where signal.id == id {
            let directed = DirectedSignal(
                sender: place(of: client), connection: socket.connection, to: signal.to, id: String(id),
                payload: ByteBuffer())
            run(socket.node) { $0.send(directed, now: $1) }
        }
    }

    /// Whether something waits that the client reacts to.
    func hasToListen(_ client: SimClient) -> Bool {
        client.wire.contains { if case .outcome = $0 { false } else { true } }
    }

    /// The client reads on, up to the first message that it has to react to.
    mutating func listen(_ peer: PeerID) {
        read(peer) { message in
            switch message {
            case .outcome: return false
            case .welcome, .letter: return true
            }
        }
    }

    /// Reads until a message that is `enough`, and reacts to that one.
    private mutating func read(_ peer: PeerID, until enough: (SimClient.Message) -> Bool) {
        while var client = clients[peer], let socket = client.socket, !client.wire.isEmpty {
            let message = client.wire.removeFirst()
            let isLast = enough(message)
            switch message {
            case .outcome(let id, let target, let outcome):
                client.hear(outcome, UInt64(id) ?? 0, to: target)
                if let fault = client.contradiction { wrongs.insert(fault) }
                clients[peer] = client
            case .letter(let letter, let sequence):
                if let fault = client.surface(letter, mayBeLate: isExcused(letter)) {
                    wrongs.insert(fault)
                }
                if let fault = client.contradiction { wrongs.insert(fault) }
                clients[peer] = client
                guard isLast, isOpen(socket.connection) else { break }
                let place = place(of: client)
                run(socket.node) { $0.confirmed(socket.connection, through: sequence, at: place, now: $1) }
            case .welcome(let isResumed):
                client.token = socket.token
                if !isResumed {
                    for signal in client.signals { late.insert(.init(client.session, String(signal.id))) }
                    client.forget()
                }
                client.socket?.isWelcomed = true
                clients[peer] = client
                if isLast { speak(client) }
            }
            if isLast { return }
        }
    }

    /// The first words after a welcome: everything again that has no final outcome.
    private mutating func speak(_ client: SimClient) {
        guard let socket = client.socket, isOpen(socket.connection) else { return }
        let place = place(of: client)
        run(socket.node) { machine, _ in machine.heard(socket.connection, at: place) }
        for signal in client.signals where signal.final == nil {
            if isNowhere(signal.id, of: client.session) { late.insert(.init(client.session, String(signal.id))) }
            clients[client.peer]?.markSent(signal.id)
            transmit(signal.id, of: client)
        }
    }

    // MARK: What nodes say

    mutating func hand(_ message: SimClient.Message, to connection: ConnectionID) {
        guard let peer = owner(of: connection) else { return }
        if case .outcome(let id, let target, .received) = message, let source = clients[peer]?.session,
            clients[target]?.hasSurfaced(UInt64(id) ?? 0, from: source) != true
        {
            wrongs.insert("\(peer) hears `received` of signal \(id), which \(target) does not have")
        }
        clients[peer]?.wire.append(message)
    }

    /// Whether a signal may surface after later ones: it was sent again, or its sender was told that it would not arrive.
    private func isExcused(_ letter: Letter) -> Bool {
        let name = SimClient.Name(letter.session, letter.id)
        return late.contains(name) || reported.contains(name)
    }

    /// Whether no trace of a signal is left anywhere: then its sender repeats it, and others may have come before.
    private func isNowhere(_ id: UInt64, of session: SessionID) -> Bool {
        func isMeant(_ letter: Letter) -> Bool { letter.session == session && letter.id == String(id) }
        if shared.inboxes.values.contains(where: { $0.entries.contains { isMeant($0.letter) } }) { return false }
        return !nodes.contains { node in
            let delivery = node.machine.delivery
            let isSent = node.commands.contains { if case .send(let send) = $0 { isMeant(send.letter) } else { false } }
            let isRead = node.inbox.contains {
                if case .letter(_, _, _, let entry) = $0 { isMeant(entry.letter) } else { false }
            }
            guard node.isRunning else { return isSent }
            return isSent || isRead
                || delivery.copies.all.contains { delivery.copies[$0].map { isMeant($0.letter) } ?? false }
                || delivery.residents.values.contains { resident in
                    resident.shelf.contains { isMeant($0.letter) } || resident.early.contains { isMeant($0.letter) }
                }
                || delivery.arriving.values.contains { $0.entries.contains { isMeant($0.letter) } }
        }
    }

    mutating func greet(_ connection: ConnectionID, _ arrival: Arrival) {
        guard let peer = owner(of: connection) else { return }
        clients[peer]?.socket?.shown = Set(arrival.members.keys)
        clients[peer]?.wire.append(.welcome(isResumed: arrival.isResumed))
    }

    /// A join is refused.
    mutating func turnAway(_ connection: ConnectionID, _ answer: JoinAnswer) {
        guard let peer = owner(of: connection) else { return }
        // Two islands may have let one session in, with a token each.
        if answer == .denied, !hasBeenCut { wrongs.insert("\(peer) is denied its own session") }
        clients[peer]?.socket = nil
        clients[peer]?.wire = []
        if answer == .inUse || answer == .denied { clients[peer]?.isOver = true }
    }

    /// A node ends a socket whose session lost its place.
    mutating func end(_ connection: ConnectionID, _ loss: MembershipLoss, at index: Int) {
        if let peer = owner(of: connection) {
            if loss != .stale { clients[peer]?.isOver = true }
            clients[peer]?.socket = nil
            clients[peer]?.wire = []
        }
        notice(connection, at: index)
    }

    private func owner(of connection: ConnectionID) -> PeerID? {
        clients.values.first { $0.socket?.connection == connection }?.peer
    }

    // MARK: Time

    /// Everybody who is away on a node has been so for too long.
    mutating func endWindows(at index: Int) {
        let machine = nodes[index].machine
        for place in machine.away.keys {
            guard let record = machine.membership.rooms[place.room]?.local[place.peer] else { continue }
            ended[record.session] = max(ended[record.session] ?? 0, record.connectionNumber)
        }
        run(index) { machine, now in
            machine.endAway(now + machine.leaveWindowMs)
            return machine.finish(now)
        }
    }

    mutating func spill(_ index: Int) { run(index) { $0.pulse(now: $1 + SimClient.limits.spillMs) } }
    mutating func retry(_ index: Int) { run(index) { $0.pulse(now: $1 + SimClient.limits.retryMs) } }
    mutating func timeOut(_ index: Int) { run(index) { $0.pulse(now: $1 + SimClient.limits.outcomeMs) } }

    mutating func flushConfirmations(_ index: Int) {
        run(index) { machine, now in
            machine.delivery.releaseConfirmations(now: now, atOnce: true)
            return machine.finish(now)
        }
    }
}

extension SimClient {
    fileprivate mutating func markSent(_ id: UInt64) {
        for index in signals.indices where signals[index].id == id {
            signals[index].lostItsCopy = false
        }
    }
}
