import Backplane
import NIOCore
import SignalDomain

/// A message for whoever holds a place, which its sender need not share a room with.
struct Parcel: Sendable {
    let place: Place
    let payload: ByteBuffer
}

extension ClusterCore {
    /// Tells all subscribers of a topic, the sender among them, how many they are over the whole cluster.
    func publish(_ opened: [UInt8], by session: Session) {
        let room = session.seat.room
        let clients = machine.membership.ownMembers(of: room).count + machine.membership.membersElsewhere(in: room)
        let envelope = Envelope(
            room: room, peer: session.seat.peer, audience: nil, sender: session,
            frame: SignalFrame.text(TopicMessage.publication(opened, clients: clients)),
            nodes: directory.route(of: room)?.targets.nodes ?? [])
        broadcast(envelope)
        on(session.seat.connection) { $0.deliver(envelope.frame, from: nil) }
        if !envelope.nodes.isEmpty { forward(envelope) }
    }

    /// Hands a parcel over, here or through the shared state, which knows where the place is; at most once. The session
    /// hears what became of it.
    func pass(_ parcel: Parcel, from session: Session) {
        let place = parcel.place
        let answer = { @Sendable (outcome: PassOutcome) in
            session.seat.shard.loop.execute { session.passed(outcome, to: place.peer) }
        }
        if handOver(parcel) { return answer(.delivered) }
        guard machine.isLive else { return answer(.unreachable) }
        let letter = Letter(
            from: session.seat.peer, session: SessionID(high: 0, low: 0), node: machine.node, number: 0, id: "",
            payload: parcel.payload)
        backplane.call(.send(SendCommand(room: place.room, to: place.peer, letter: letter, isStored: false))) {
            [weak self] result in
            switch result {
            // It has come to this node meanwhile, which is not told by a frame.
            case .success(.sent(.passed(_, let node))) where node == self?.machine.node:
                answer(self?.handOver(parcel) == true ? .delivered : .absent)
            case .success(.sent(.passed)): answer(.delivered)
            case .success(.sent): answer(.absent)
            default: answer(.unreachable)
            }
        }
    }

    /// Hands a parcel to a member of this node.
    private func handOver(_ parcel: Parcel) -> Bool {
        guard let record = machine.membership.ownMembers(of: parcel.place.room)[parcel.place.peer],
            sessions[record.connection] != nil
        else { return false }
        on(record.connection) { $0.deliver(SignalFrame.text(parcel.payload), from: nil) }
        return true
    }
}
