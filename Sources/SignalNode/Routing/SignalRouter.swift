import Backplane
import NIOCore
import SignalDomain

/// The way of a signal: from a peer to the members of its room on this loop, on other loops and on other nodes.
///
/// Safe from any thread; each call runs on the loop of the socket or of the inbox that brought the signal.
final class SignalRouter: Sendable {
    private let shards: [LoopShard.Handle]
    private let directory: RoomDirectory
    private let cluster: Cluster
    private let metrics: NodeMetrics

    init(shards: [LoopShard.Handle], directory: RoomDirectory, cluster: Cluster, metrics: NodeMetrics) {
        self.shards = shards
        self.directory = directory
        self.cluster = cluster
        self.metrics = metrics
    }

    /// A peer of this node said something to its room: `frame` is stamped, and shared by all receivers.
    func relay(_ frame: ByteBuffer, from session: Session) {
        let seat = session.seat
        guard let targets = seat.shard.shard.route(of: seat.room)?.targets else { return }
        deliver(frame, to: targets.shards, in: seat.room, except: seat.peer, from: session)
        guard !targets.nodes.isEmpty else { return }
        cluster.publish(Envelope(room: seat.room, peer: seat.peer, sender: session, frame: frame, nodes: targets.nodes))
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
