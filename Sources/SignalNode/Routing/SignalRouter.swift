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

    /// A peer of this node said something to its room: `frame` is stamped, and shared by all receivers.
    func relay(_ frame: ByteBuffer, from session: Session) {
        let seat = session.seat
        guard let targets = seat.shard.shard.route(of: seat.room)?.targets else { return }
        deliver(frame, to: targets.shards, in: seat.room, except: seat.peer, from: session)
        guard !targets.nodes.isEmpty else { return }
        session.cluster.post(.relay(envelope(frame, from: session, to: targets.nodes)))
    }

    /// The same for a peer whose directed signals are still on their way through the cluster: it goes behind them.
    func relayBehind(_ frame: ByteBuffer, from session: Session) {
        let targets = session.seat.shard.shard.route(of: session.seat.room)?.targets
        session.cluster.post(.broadcast(envelope(frame, from: session, to: targets?.nodes ?? [])))
    }

    private func envelope(_ frame: ByteBuffer, from session: Session, to nodes: [NodeInstance]) -> Envelope {
        Envelope(room: session.seat.room, peer: session.seat.peer, sender: session, frame: frame, nodes: nodes)
    }

    /// A broadcast that waited for the directed signals of its sender.
    func broadcast(_ envelope: Envelope) {
        guard let targets = directory.route(of: envelope.room)?.targets else { return }
        deliver(envelope.frame, to: targets.shards, in: envelope.room, except: envelope.peer, from: envelope.sender)
    }

    /// A signal that came from another node.
    func deliver(_ payload: ByteBuffer, in room: RoomKey, from peer: PeerID) {
        guard let targets = directory.route(of: room)?.targets else { return }
        deliver(SignalFrame.text(payload), to: targets.shards, in: room, except: peer, from: nil)
    }

    private func deliver(
        _ frame: ByteBuffer, to targets: ShardSet, in room: RoomKey, except peer: PeerID, from sender: Session?
    ) {
        for index in targets {
            shards[index].onLoop { [metrics] shard in
                metrics.delivered(shard.deliver(frame, in: room, except: peer, from: sender))
            }
        }
    }
}
