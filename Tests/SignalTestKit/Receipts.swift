import NIOCore
import NIOPosix
import Synchronization

/// Confirms the numbered signals of one connection as the protocol asks of a client: within 50 ms, or 16 at a time.
///
/// Safe from any thread; what it knows is behind a mutex.
final class Receipts: Sendable {
    private struct State {
        var isAutomatic: Bool
        var last = 0
        var confirmed = 0
        var isDue = false
    }

    private static let batch = 16
    private let state: Mutex<State>

    init(isAutomatic: Bool) { state = Mutex(State(isAutomatic: isAutomatic)) }

    /// The last number that was confirmed.
    var confirmed: Int { state.withLock { $0.confirmed } }

    var isAutomatic: Bool {
        get { state.withLock { $0.isAutomatic } }
        set { state.withLock { $0.isAutomatic = newValue } }
    }

    func hear(_ message: TestMessage, on connection: TestConnection) {
        guard let sequence = message.number("seq") else { return }
        let (isFull, mustWait) = state.withLock { state in
            state.last = sequence
            let isFull = sequence - state.confirmed >= Self.batch
            let mustWait = !isFull && !state.isDue
            state.isDue = state.isDue || mustWait
            return (isFull, mustWait)
        }
        if isFull { confirm(on: connection) }
        guard mustWait else { return }
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .milliseconds(40)) {
            self.state.withLock { $0.isDue = false }
            self.confirm(on: connection)
        }
    }

    private func confirm(on connection: TestConnection) {
        let sequence = state.withLock { state -> Int? in
            guard state.isAutomatic, state.confirmed < state.last else { return nil }
            state.confirmed = state.last
            return state.last
        }
        if let sequence { connection.sendLater(TestFrame.text(#"{"type":"ack","seq":\#(sequence)}"#)) }
    }

    /// Takes note of a receipt that was sent by hand.
    func note(_ sequence: Int) { state.withLock { $0.confirmed = max($0.confirmed, sequence) } }
}
