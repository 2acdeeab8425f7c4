import NIOCore
import SignalDomain
import SignalNode

/// Deadlines, looked at by the timer of the loop.
extension SignalChannelHandler {
    func tick(now: NIODeadline) {
        if queue.bytes > 0 || !held.isEmpty { settle() }
        settlePending()
        switch state {
        case .open:
            if let reason = rules.overdue(now: now) {
                fail(reason)
            } else if settings.slowReaders.isOverdue(queue, now: now) {
                giveUp()
            } else {
                session?.watch()
                checkLiveness(now: now)
            }
        case .closing(let reason, let deadline) where now >= deadline:
            endSession(.lost, code: reason.code)
            state = .closed
            context?.close(promise: nil)
        case .lingering(let deadline) where now >= deadline:
            state = .closed
            context?.close(promise: nil)
        case .closing, .lingering, .closed: break
        }
    }

    /// A silent peer is asked with pings; after the last unanswered one it is taken for dead.
    private func checkLiveness(now: NIODeadline) {
        let liveness = settings.configuration.liveness
        guard liveness.pingIntervalMs > 0 else { return }
        if isSilenceExpected {
            quietSince = now
            return
        }
        guard now - quietSince >= .milliseconds(Int64(liveness.pingIntervalMs)) else { return }
        if unansweredPings >= liveness.pongMisses {
            abandon(.heartbeatTimeout)
        } else {
            unansweredPings += 1
            quietSince = now
            transmit(ControlFrame.ping(), from: nil)
        }
    }
}
