import Logging
package import NIOCore
package import SignalDomain
package import SignalNode

/// Who decides on an upgrade request: `Node.admit`, or something else that takes its place on the same sockets.
package typealias Admit =
    @Sendable (
        _ request: HandshakeRequest, _ loop: any EventLoop,
        _ completion: @escaping (Result<any SocketSession, Refusal>) -> Void
    ) -> Void

/// What every socket of a server shares: the node, its limits, and the node-wide counters.
///
/// Immutable but for the atomics inside its parts, so any event loop may read it.
final class TransportSettings: Sendable {
    let node: Node
    let admit: Admit
    let configuration: NodeConfiguration
    let origin: RequestOrigin
    let slowReaders: SlowReaderPolicy
    let outbound: OutboundTotal
    let census = SocketCensus()
    /// The number of event loops.
    private let loops: Int
    let logger: Logger

    init(node: Node, loops: Int, logger: Logger, admit: Admit?) {
        let configuration = node.configuration
        self.node = node
        self.admit = admit ?? node.admit
        self.configuration = configuration
        self.logger = logger
        self.loops = max(loops, 1)
        origin = RequestOrigin(configuration)
        slowReaders = SlowReaderPolicy(configuration.outbound)
        outbound = OutboundTotal(limitBytes: configuration.outbound.nodeBytes)
    }

    var frameLimits: FrameRules.Limits {
        FrameRules.Limits(
            maxMessageBytes: configuration.messages.maxBytes, maxFragments: configuration.messages.maxFragments,
            assemblyMs: configuration.messages.assemblyMs)
    }

    /// Silent sockets that one address may have on one event loop, for connections are spread evenly over them; 0 = as
    /// many as there are.
    var pendingPerAddress: Int {
        let rates = configuration.rates
        guard rates.connectionsPerIP > 0, !rates.dryRun else { return 0 }
        return max(1, (rates.connectionsPerIP + loops - 1) / loops)
    }

    /// Whether the limits of one address leave this one alone: many clients stand behind a trusted proxy.
    func isSpared(_ peer: ClientAddress) -> Bool { origin.isTrusted(peer) || node.isExempt(peer) }

    /// The time between two looks at every socket: a quarter of the shortest deadline, 10 to 500 ms.
    var watchInterval: TimeAmount {
        let deadlines = [
            configuration.handshake.timeoutMs, configuration.messages.assemblyMs, configuration.outbound.queueMs,
            configuration.liveness.pingIntervalMs, configuration.liveness.closeTimeoutMs,
        ]
        let shortest = deadlines.filter { $0 > 0 }.min() ?? 2_000
        return .milliseconds(Int64(min(max(shortest / 4, 10), 500)))
    }
}
