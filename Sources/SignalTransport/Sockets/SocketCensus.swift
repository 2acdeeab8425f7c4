import Synchronization

/// How many sockets there are, by what they are doing.
///
/// Safe from any event loop: relaxed atomics that order nothing. The loops write, the accept gate and metrics read.
final class SocketCensus: Sendable {
    private let speakingHTTP = Atomic<Int>(0)
    private let handshaking = Atomic<Int>(0)
    private let upgraded = Atomic<Int>(0)
    private let requestLoops = Atomic<Int>(0)

    /// Every open socket of the listener.
    var open: Int { speakingHTTP.load(ordering: .relaxed) + signal }
    /// Sockets that are not upgraded and have no request in work.
    var pending: Int { handshaking.load(ordering: .relaxed) }
    /// WebSockets.
    var signal: Int { upgraded.load(ordering: .relaxed) }

    /// Whether anything is left that uses the event loops: a socket, or the task of an HTTP connection.
    var isEmpty: Bool { open == 0 && requestLoops.load(ordering: .relaxed) == 0 }

    func countHTTP(_ change: Int) { speakingHTTP.wrappingAdd(change, ordering: .relaxed) }
    func countPending(_ change: Int) { handshaking.wrappingAdd(change, ordering: .relaxed) }
    func countRequestLoop(_ change: Int) { requestLoops.wrappingAdd(change, ordering: .relaxed) }
    func countSignal(_ change: Int) { upgraded.wrappingAdd(change, ordering: .relaxed) }
}
