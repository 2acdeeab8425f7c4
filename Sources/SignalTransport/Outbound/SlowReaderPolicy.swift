import NIOCore
import SignalNode

/// When a slow receiver is given up, and when a local sender has to wait for it (security.md row 4).
struct SlowReaderPolicy: Equatable, Sendable {
    /// Bytes that may wait for one socket; 0 = no bound.
    var queueBytes = 8_388_608
    /// How long the oldest byte may wait, in milliseconds; 0 = no bound.
    var queueMs = 10_000
    /// What a sender must own of a queue, beside half of it, before it is paused, in bytes; 0 = never.
    var senderPauseBytes = 1_048_576
    /// Messages up to this size never pause their sender: signaling goes on beside file transfers, in bytes.
    var senderFreeBytes = 16_384
    /// The longest pause of one sender, in milliseconds.
    var senderPauseMs = 10_000

    init() {}

    init(_ outbound: NodeConfiguration.Outbound) {
        queueBytes = outbound.queueBytes
        queueMs = outbound.queueMs
        senderPauseBytes = outbound.senderPauseBytes
        senderFreeBytes = outbound.senderFreeBytes
        senderPauseMs = outbound.senderPauseMs
    }

    func isOver(_ queue: OutboundQueue) -> Bool { queueBytes > 0 && queue.bytes > queueBytes }

    func isOverdue(_ queue: OutboundQueue, now: NIODeadline) -> Bool {
        guard queueMs > 0, let oldest = queue.oldest else { return false }
        return now - oldest > .milliseconds(Int64(queueMs))
    }

    func mustPause(_ sender: ObjectIdentifier, frameBytes: Int, in queue: OutboundQueue) -> Bool {
        guard queue.isCongested, senderPauseBytes > 0, frameBytes > senderFreeBytes,
            queue.bytes > senderPauseBytes
        else { return false }
        let share = queue.share(of: sender)
        return share > senderPauseBytes && share > queue.bytes / 2
    }
}
