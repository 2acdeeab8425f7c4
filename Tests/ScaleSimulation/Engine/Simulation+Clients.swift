import Backplane
import SignalDomain

/// What the clients of the world do.
extension Simulation {
    /// A client of dialect 2 dials the node of its seat.
    func join(_ peer: Int) {
        let room = Seating.room(of: peer)
        seating.seats[peer].dials += 1
        let seat = seating.seats[peer]
        let part = Part(node: seat.node, shard: seating.shard(of: room))
        var record = MemberRecord(
            node: nodes[part.node].machines[part.shard].node, session: session(of: peer),
            connectionNumber: UInt64(seat.dials), connection: connection(of: peer),
            owner: "ip:\(Seating.hexadecimal(SeededRandom.mix(UInt64(peer) << 8)))", flags: .unheard)
        let half = Seating.hexadecimal(SeededRandom.mix(UInt64(peer) << 16))
        record.resumeDigest = half + half
        let command = JoinCommand(
            room: Seating.key(of: room), peer: Seating.name(of: peer), record: record, hasProof: seat.isReturning)
        model.join(room, at: seat.node)
        perform(at: part) { $0.join(command, wallMs: $1, now: $1) }
        drain()
    }

    /// The session ends; a later one of this peer is a new one.
    func leave(_ peer: Int) {
        let room = Seating.room(of: peer)
        let part = Part(node: seating.seats[peer].node, shard: seating.shard(of: room))
        seating.seats[peer].isIn = false
        model.leave(room, at: part.node)
        let (place, connection) = (place(of: peer), connection(of: peer))
        perform(at: part) { $0.closed(place, connection, .left(.left), now: $1) }
        seating.seats[peer].sessions += 1
        drain()
    }

    /// One signal to another peer of the room, best effort.
    func direct(from peer: Int, to other: Int) {
        model.direct(isRemote: seating.seats[peer].node != seating.seats[other].node)
        send(from: peer, to: other, id: nil)
    }

    /// The same with an `id`: it has an outcome.
    func sendReliably(from peer: Int, to other: Int) {
        model.sendReliably(isRemote: seating.seats[peer].node != seating.seats[other].node)
        send(from: peer, to: other, id: "\(model.localSignals + model.remoteSignals)")
    }

    private func send(from peer: Int, to other: Int, id: String?) {
        let part = Part(node: seating.seats[peer].node, shard: seating.shard(of: Seating.room(of: peer)))
        let signal = DirectedSignal(
            sender: place(of: peer), connection: connection(of: peer), to: Seating.name(of: other), id: id,
            payload: payload)
        perform(at: part) { $0.send(signal, now: $1) }
        drain()
    }

    /// One signal to the whole room.
    func broadcast(from peer: Int) {
        let room = Seating.room(of: peer)
        let part = Part(node: seating.seats[peer].node, shard: seating.shard(of: room))
        model.broadcast(in: room)
        let place = place(of: peer)
        deliverLocally(place.room, from: place.peer, at: part)
        if let others = nodes[part.node].interest[place.room] {
            publish(.broadcast(place.room, from: place.peer, payload: payload), to: others, at: part)
        }
        drain()
    }

    private func connection(of peer: Int) -> ConnectionID {
        ConnectionID(bits: UInt64(seating.seats[peer].dials) << 32 | UInt64(peer))
    }

    private func session(of peer: Int) -> SessionID {
        SessionID(high: SeededRandom.mix(UInt64(peer)), low: UInt64(seating.seats[peer].sessions))
    }
}
