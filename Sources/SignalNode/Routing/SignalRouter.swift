import Backplane
import NIOCore
import SignalDomain

/// The way of a signal: from a peer to the members of its room on this loop, on other loops and on other nodes.
///
/// Safe from any thread; each call runs on the loop of the socket or of the inbox that brought the signal.
final class SignalRouter: Sendable {
    private let shards: [LoopShard.Handle]
    private let directory: RoomDirectory
    private let metrics: NodeMetrics

    init(shards: [LoopShard.Handle], directory: RoomDirectory, metrics: NodeMetrics) {
        self.shards = shards
        self.directory = directory
        self.metrics = metrics
    }

    /// A peer of this node said something to its room: `frame` is stamped, and shared by all receivers. Those on the
    /// same loop get it at once.
    ///
    /// - Parameter audience: the only receivers; nil = everybody.
    func relay(_ frame: ByteBuffer, of kind: SignalKind, from session: Session, to audience: Dialect? = nil) {
        guard let room = session.state.value.room else { return }
        let seat = session.seat
        metrics.delivered(room.deliver(frame, of: kind, from: seat.peer, sender: session, to: audience))
        let targets = room.route.targets(besides: seat.shard.index)
        guard !targets.isEmpty else { return }
        let envelope = Envelope(
            room: seat.room, peer: seat.peer, audience: audience, sender: session, frame: frame, nodes: targets.nodes,
            kind: kind)
        deliver(envelope, to: targets.shards)
        if !targets.nodes.isEmpty { session.cluster.post(.relay(envelope)) }
    }

    /// The same for a peer whose directed signals are still on their way through the cluster: it goes behind them.
    func relayBehind(_ frame: ByteBuffer, from session: Session) {
        let seat = session.seat
        let nodes = session.state.value.room?.route.targets.nodes ?? []
        session.cluster.post(
            .broadcast(
                Envelope(
                    room: seat.room, peer: seat.peer, audience: nil, sender: session, frame: frame, nodes: nodes)))
    }

    /// A broadcast that waited for the directed signals of its sender.
    func broadcast(_ envelope: Envelope) {
        guard let targets = directory.route(of: envelope.room)?.targets else { return }
        deliver(envelope, to: targets.shards)
    }

    /// A signal that came from another node.
    func deliver(_ payload: ByteBuffer, in room: RoomKey, from peer: PeerID, to audience: Dialect?) {
        guard let targets = directory.route(of: room)?.targets else { return }
        let envelope = Envelope(
            room: room, peer: peer, audience: audience, sender: nil, frame: SignalFrame.text(payload), nodes: [])
        deliver(envelope, to: targets.shards)
    }

    private func deliver(_ envelope: Envelope, to targets: ShardSet) {
        for index in targets {
            shards[index].onLoop { [metrics] shard in metrics.delivered(shard.deliver(envelope)) }
        }
    }
}
