import NIOCore
public import SignalDomain
import Synchronization

/// The shared state of nodes that live in one process: what Redis is to a cluster, for one node alone and for tests.
///
/// Safe to use from any thread: a `Mutex` guards the state, and every step under it takes microseconds.
public final class InMemoryHub: Sendable {
    private struct State {
        var shared: SharedState
        var inboxes: [NodeInstance: InMemoryBackplane.Inbox] = [:]
        var lastMicros: Int64 = 0
    }

    private let state: Mutex<State>
    private let wallMicros: @Sendable () -> Int64

    /// - Parameter wallMicros: microseconds since the epoch; steps back are flattened.
    public convenience init(
        timings: SharedState.Timings = .init(), bounds: RendezvousBounds = .init(), limits: InboxLimits = .init(),
        wallMicros: @escaping @Sendable () -> Int64
    ) {
        self.init(
            shared: SharedState(timings: timings, bounds: bounds, limits: limits), wallMicros: wallMicros)
    }

    /// A hub that begins with `shared`.
    package init(shared: SharedState, wallMicros: @escaping @Sendable () -> Int64) {
        state = Mutex(State(shared: shared))
        self.wallMicros = wallMicros
    }

    func open(_ inbox: InMemoryBackplane.Inbox, for node: NodeInstance) {
        state.withLock { $0.inboxes[node] = inbox }
    }

    func close(_ node: NodeInstance) {
        state.withLock { _ = $0.inboxes.removeValue(forKey: node) }
    }

    func execute(_ command: BackplaneCommand) -> BackplaneReply {
        state.withLock { state in
            state.lastMicros = max(state.lastMicros + 1, wallMicros())
            let (reply, published) = state.shared.execute(command, nowMicros: state.lastMicros)
            for item in published {
                guard let inbox = state.inboxes[item.to] else { continue }
                var batch = InboxBatch(capacity: 128)
                batch.append(item.frame)
                inbox.deliver(batch.bytes)
            }
            return reply
        }
    }

    func publish(_ batch: ByteBuffer, to nodes: [NodeInstance]) {
        state.withLock { state in
            for node in nodes { state.inboxes[node]?.deliver(batch) }
        }
    }
}
