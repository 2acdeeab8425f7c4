import SignalDomain
import Synchronization

/// What happens in the cluster, for those who watch it: operators at consoles of this node, and of others.
///
/// Safe from any thread: everything sits behind a `Mutex`. A listener that reads too slowly loses its stream, not the
/// node its memory; what waits for the consoles of other nodes is bounded as well.
public final class NodeEvents: Sendable {
    /// Events that may wait for one listener.
    static let maxWaiting = 1_024
    /// Listeners at once.
    static let maxListeners = 16

    private struct Listener {
        let client: ClientAddress
        let continuation: AsyncStream<[UInt8]>.Continuation
    }

    private struct State {
        var listeners: [UInt64: Listener] = [:]
        var next: UInt64 = 0
        /// Whether consoles of other nodes want to be told.
        var isWatched = false
        /// What they have not been told yet, and of how much only the number is.
        var waiting: [UInt8] = []
        var skipped = 0
    }

    private let state = Mutex(State())
    private let node: String
    private let clock: NodeClock
    private let batchBytes: Int

    init(_ configuration: NodeConfiguration, clock: NodeClock) {
        node = configuration.nodeName
        batchBytes = configuration.console.eventBatchBytes
        self.clock = clock
    }

    /// Server-Sent Events as text, until the listener stops or falls behind; nil when too many listen already.
    func listen(as client: ClientAddress) -> AsyncStream<[UInt8]>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.maxWaiting))
        let id: UInt64? = state.withLock { state in
            guard state.listeners.count < Self.maxListeners else { return nil }
            state.next += 1
            state.listeners[state.next] = Listener(client: client, continuation: continuation)
            return state.next
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    /// Whether somebody at this node listens.
    var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

    /// Ends the streams of listeners that may not be here.
    func end(where isUnwanted: (ClientAddress) -> Bool) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners where isUnwanted(listener.client) { listener.continuation.finish() }
    }

    /// Says nothing to everybody, so that a listener whose connection is gone is noticed.
    func beat() { tell(Array(":\n\n".utf8)) }

    /// Says to the listeners here, and to those of other nodes, what happened; nobody listens at most times.
    func publish(_ event: @autoclosure () -> NodeEvent) {
        let (isHeard, isWatched) = state.withLock { (!$0.listeners.isEmpty, $0.isWatched) }
        guard isHeard || isWatched else { return }
        let event = event()
        let text = event.text(node: node, at: clock.wall().milliseconds)
        if isHeard { tell(text) }
        if isWatched, event.isLocal { keep(text, isFrequent: event.isFrequent) }
    }

    /// Passes on what happened on another node: finished text.
    func relay(_ text: [UInt8]) { tell(text) }

    /// Consoles of other nodes want to be told from now on, or no longer.
    func setWatched(_ isWatched: Bool) {
        state.withLock { state in
            state.isWatched = isWatched
            if !isWatched {
                state.waiting = []
                state.skipped = 0
            }
        }
    }

    /// Takes out what the consoles of other nodes have not been told yet.
    func takeWaiting() -> [UInt8] {
        let (waiting, skipped) = state.withLock { state in
            defer {
                state.waiting = []
                state.skipped = 0
            }
            return (state.waiting, state.skipped)
        }
        guard skipped > 0 else { return waiting }
        var data = JSONObjectText()
        data.add("events", skipped)
        data.add("node", node)
        data.add("at", clock.wall().milliseconds)
        return waiting + Array("event: skipped\ndata: ".utf8) + data.closed + Array("\n\n".utf8)
    }

    private func keep(_ text: [UInt8], isFrequent: Bool) {
        state.withLock { state in
            guard state.isWatched else { return }
            let isTooMuch = isFrequent && state.waiting.count + text.count > batchBytes
            if isTooMuch { state.skipped += 1 } else { state.waiting += text }
        }
    }

    private func tell(_ text: [UInt8]) {
        for listener in state.withLock({ Array($0.listeners.values) }) {
            if case .dropped = listener.continuation.yield(text) { listener.continuation.finish() }
        }
    }
}
