import Backplane
import CoreMetrics
import NIOCore

/// The one line that everything for other nodes and for the shared state passes, in order: signals to inboxes, and
/// commands. A bounded part of it is in flight, the rest waits, and the senders of what waits are paused meanwhile, so that
/// a burst is slowed down and not cut.
///
/// Confined to the backplane's loop.
final class Relay {
    enum Item {
        /// A broadcast of a peer of this node.
        case envelope(Envelope)
        /// A directed signal for another node.
        case frame(InboxFrame, to: NodeInstance)
        case command(BackplaneCommand)

        var size: Int {
            switch self {
            case .envelope(let envelope): envelope.frame.readableBytes
            case .frame(.directed(_, _, let payload), _): payload.readableBytes
            case .command(.send(let send)): send.letter.payload.readableBytes
            case .frame, .command: 256
            }
        }
    }

    private let backplane: any Backplane
    private let metrics: NodeMetrics
    /// Bytes that may be on their way before the rest waits.
    private let windowBytes: Int
    /// Called with the outcome of each command, and with the connection that it was sent on.
    var completed: (BackplaneCommand, Result<BackplaneReply, BackplaneError>, UInt64) -> Void = { _, _, _ in }
    /// The present connection.
    var generation: UInt64 = 0
    private var inFlightBytes = 0
    private var waiting: [Item] = []
    private var isFlushing = false
    private var held: [Session] = []
    private var idle: () -> Void = {}

    init(backplane: any Backplane, metrics: NodeMetrics, windowBytes: Int) {
        self.backplane = backplane
        self.metrics = metrics
        self.windowBytes = windowBytes
    }

    func append(_ item: Item) { waiting.append(item) }

    /// Whether nothing waits, and nothing is on its way.
    private var isIdle: Bool { waiting.isEmpty && inFlightBytes == 0 && !isFlushing }

    /// Calls `body` as soon as nothing waits and everything that left is answered: now, or after a later answer, once at
    /// least.
    func whenIdle(_ body: @escaping () -> Void) {
        idle = body
        if isIdle { body() }
    }

    /// The backplane is away: what waits is dropped and counted, for a stale signal is worse than none (§2.9). Reliable
    /// signals have copies.
    func drop() {
        for item in waiting {
            if case .command = item { continue }
            metrics.degradedDrops.increment()
        }
        waiting = []
        release()
    }

    /// Lets out as much as the window allows. An answer may come at once, from within, when the backplane has just gone
    /// away: then nothing is let out twice, and the rest follows here.
    func flush() {
        guard !isFlushing, !waiting.isEmpty else { return }
        isFlushing = true
        while !waiting.isEmpty, inFlightBytes < windowBytes { letOut() }
        isFlushing = false
        if waiting.isEmpty { release() } else { hold() }
        if isIdle { idle() }
    }

    private func letOut() {
        var bytes = inFlightBytes
        let room = waiting.prefix { item in
            defer { bytes += item.size }
            return bytes < windowBytes
        }
        waiting.removeFirst(room.count)
        var batches = EnvelopeBatches()
        for item in room {
            switch item {
            case .envelope(let envelope): batches.append(envelope)
            case .frame(let frame, let node): batches.append(frame, to: [node], size: item.size)
            case .command(let command):
                publish(batches)
                batches = EnvelopeBatches()
                call(command, size: item.size)
            }
        }
        publish(batches)
    }

    private func publish(_ batches: EnvelopeBatches) {
        for batch in batches.batches {
            let size = batch.content.bytes.readableBytes
            inFlightBytes += size
            backplane.publish(batch.content.bytes, to: batch.nodes) { [self] isPassedOn in
                (isPassedOn ? metrics.relayPublished : metrics.degradedDrops).increment(by: batch.signals)
                landed(size)
                if isIdle { idle() }
            }
        }
    }

    private func call(_ command: BackplaneCommand, size: Int) {
        inFlightBytes += size
        backplane.call(command) { [self, generation] result in
            landed(size)
            completed(command, result, generation)
            if isIdle { idle() }
        }
    }

    private func landed(_ size: Int) {
        inFlightBytes -= size
        if inFlightBytes <= windowBytes / 2 { flush() }
    }

    private func hold() {
        for case .envelope(let envelope) in waiting {
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
