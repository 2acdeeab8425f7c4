import Backplane
import CoreMetrics
import NIOCore

/// The way of signals to other nodes: batches in flight up to a bound, the rest in line, and its senders paused meanwhile,
/// so that a burst is slowed down and not cut.
///
/// Confined to the backplane's loop.
final class Relay {
    private let backplane: any Backplane
    private let metrics: NodeMetrics
    /// Bytes that may be on their way before the next signals wait.
    private let windowBytes: Int
    private var inFlightBytes = 0
    private var waiting: [Envelope] = []
    private var held: [Session] = []

    init(backplane: any Backplane, metrics: NodeMetrics, windowBytes: Int) {
        self.backplane = backplane
        self.metrics = metrics
        self.windowBytes = windowBytes
    }

    func send(_ envelopes: [Envelope]) {
        waiting += envelopes
        pump()
    }

    /// The backplane is away: what waits is dropped and counted, for a stale signal is worse than none (§2.9).
    func drop(_ envelopes: [Envelope] = []) {
        metrics.degradedDrops.increment(by: envelopes.count + waiting.count)
        waiting = []
        release()
    }

    private func pump() {
        var batches = EnvelopeBatches()
        var taken = 0
        var bytes = inFlightBytes
        while taken < waiting.count, bytes < windowBytes {
            bytes += waiting[taken].frame.readableBytes
            batches.append(waiting[taken])
            taken += 1
        }
        waiting.removeFirst(taken)
        for batch in batches.batches { publish(batch) }
        if waiting.isEmpty { release() } else { hold() }
    }

    private func publish(_ batch: EnvelopeBatches.Batch) {
        let size = batch.content.bytes.readableBytes
        inFlightBytes += size
        backplane.publish(batch.content.bytes, to: batch.nodes) { [self] isPassedOn in
            inFlightBytes -= size
            (isPassedOn ? metrics.relayPublished : metrics.degradedDrops).increment(by: batch.signals)
            if !waiting.isEmpty, inFlightBytes <= windowBytes / 2 { pump() }
        }
    }

    private func hold() {
        for envelope in waiting {
            guard let sender = envelope.sender, !held.contains(where: { $0 === sender }) else { continue }
            held.append(sender)
            sender.holdReads()
        }
    }

    private func release() {
        for session in held { session.releaseReads() }
        held = []
    }
}
