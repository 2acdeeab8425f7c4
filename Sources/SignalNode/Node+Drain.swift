import NIOCore
public import SignalDomain

/// How a node goes away (cluster.md §2.6).
extension Node {
    /// New peers are refused from now on, and the health checks say so.
    public func beginDrain() {
        _ = setDraining(true)
        watches.endAll()
    }

    /// New peers are welcome again.
    ///
    /// - Throws: 409 `stopping` once sockets are being closed.
    public func endDrain() throws(Refusal) {
        guard setDraining(false) else { throw .stopping }
    }

    /// Closes every session with `reason`, spread over `seconds`. Clients of dialect 2 hear of it before, each as long
    /// before as the others, and when to come back: whoever moves at once moves alone.
    public func closeSessions(_ reason: CloseReason, over seconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            for handle in shards {
                group.addTask {
                    let sessions = await withCheckedContinuation { continuation in
                        handle.onLoop { continuation.resume(returning: $0.sessions) }
                    }
                    let waves = DrainWaves(
                        sessions: sessions.count, seconds: seconds, noticeMs: self.configuration.drain.noticeMs)
                    for (index, session) in sessions.enumerated() {
                        let announced = waves.announcedMs(index)
                        handle.loop.scheduleTask(in: .milliseconds(announced)) {
                            session.announceClose(
                                reason, deadlineMs: waves.noticeMs, retryAfterMs: .random(in: 100...1_000))
                        }
                        handle.loop.scheduleTask(in: .milliseconds(announced + waves.noticeMs)) { session.end(reason) }
                    }
                }
            }
        }
        try? await Task.sleep(for: .seconds(seconds))
    }

    /// Gives the lease back; call it after the last session is closed.
    public func retire() async {
        await clusters.retire(leaseMs: configuration.drain.leaseMs)
    }
}

extension Refusal {
    /// A drain cannot be taken back any more.
    static let stopping = Refusal(
        status: 409, code: "stopping", title: "Conflict",
        sentence: "The node closes its sockets and ends: start another one.")
}
