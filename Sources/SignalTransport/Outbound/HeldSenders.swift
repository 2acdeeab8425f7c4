import NIOCore
import SignalNode

/// The local senders that wait for one slow receiver; each hold is given back exactly once.
struct HeldSenders {
    private struct Hold {
        let session: Session
        let since: NIODeadline
        /// The queue length below which the sender may go on.
        let releaseBelow: Int
    }

    private var holds: [Hold] = []

    var isEmpty: Bool { holds.isEmpty }

    /// Pauses a sender until half of the `queued` bytes have left; a sender that waits already is left alone.
    mutating func hold(_ session: Session, queued: Int, now: NIODeadline) {
        guard !holds.contains(where: { $0.session === session }) else { return }
        holds.append(Hold(session: session, since: now, releaseBelow: queued / 2))
        session.holdReads()
    }

    /// Lets go whom the queue no longer concerns, and whoever has waited for `patience`.
    mutating func release(queued: Int, patience: TimeAmount, now: NIODeadline) {
        guard !holds.isEmpty else { return }
        holds.removeAll { hold in
            let isOver = queued < hold.releaseBelow || now - hold.since >= patience
            if isOver { hold.session.releaseReads() }
            return isOver
        }
    }

    mutating func releaseAll() {
        for hold in holds { hold.session.releaseReads() }
        holds = []
    }
}
