import Backplane
import Logging
import NIOCore
import SignalDomain
import Synchronization

/// The node's place in the cluster, as its event loops see it: joins, departures and signals go in here.
///
/// Safe from any thread. The work happens on the backplane's loop in `ClusterCore`; what sessions do is handed over in
/// bursts, so that a burst costs one wake-up of that loop.
final class Cluster: Sendable {
    let loop: any EventLoop
    private let core: NIOLoopBound<ClusterCore>
    private let outbox = Mutex<[CoreInput]>([])

    /// Only on the loop of the core's backplane.
    init(core: ClusterCore) {
        loop = core.backplane.loop
        self.core = NIOLoopBound(core, eventLoop: loop)
    }

    func start() { onCore { $0.start() } }

    /// Asks for the place of a session; `answer` runs on the session's loop. A dialect 2 session that is admitted is
    /// welcomed instead.
    func join(_ command: JoinCommand, for session: Session, answer: @escaping @Sendable (JoinAnswer) -> Void) {
        onCore { core in
            core.join(command, for: session) { result in session.seat.shard.loop.execute { answer(result) } }
        }
    }

    func leave(_ seat: Session.Seat, _ reason: LeaveReason) {
        onCore { $0.leave(seat, .left(reason)) }
    }

    /// Hands over what a session did.
    func post(_ input: CoreInput) {
        let isFirst = outbox.withLock { outbox in
            outbox.append(input)
            return outbox.count == 1
        }
        guard isFirst else { return }
        onCore { core in
            core.take(
                self.outbox.withLock { outbox in
                    defer { outbox = [] }
                    return outbox
                })
        }
    }

    /// Runs one command outside the way of a signal.
    func ask(_ command: BackplaneCommand) async -> Result<BackplaneReply, BackplaneError> {
        await withCheckedContinuation { continuation in
            onCore { core in core.backplane.call(command) { continuation.resume(returning: $0) } }
        }
    }

    /// From now on the node tells this about itself.
    func describe(_ info: NodeInfo) { onCore { $0.describe(info) } }

    /// Removes a member of this node, or all of a room, for good.
    func expel(_ room: RoomKey, _ target: ExpulsionTarget, _ reason: CloseReason) {
        onCore { $0.expel(room, target, reason) }
    }

    func members(of room: RoomKey) async -> Int {
        await withCheckedContinuation { continuation in
            onCore { continuation.resume(returning: $0.machine.membership.members(of: room).count) }
        }
    }

    /// Leaves the lease to run out by itself, then ends the links; the sockets must be closed before.
    func retire(leaseMs: Int) async {
        await withCheckedContinuation { continuation in
            onCore { core in core.retire(leaseMs: leaseMs) { continuation.resume() } }
        }
    }

    /// In the order of the calls, also from the core's own loop, which sockets may share.
    func onCore(_ body: @escaping @Sendable (ClusterCore) -> Void) {
        loop.execute { [core] in body(core.value) }
    }
}
