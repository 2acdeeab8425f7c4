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
    /// The endpoints besides `/signal`.
    let served: Set<CompatibilityEndpoint>
    let origin: RequestOrigin
    let slowReaders: SlowReaderPolicy
    let outbound: OutboundTotal
    let relief: OutboundRelief
    let census = SocketCensus()
    let addresses: AddressSockets
    let logger: Logger

    init(node: Node, logger: Logger, admit: Admit?) {
        let configuration = node.configuration
        self.node = node
        self.admit = admit ?? node.admit
        self.configuration = configuration
        served = configuration.compatibility.served
        self.logger = logger
        origin = RequestOrigin(configuration)
        slowReaders = SlowReaderPolicy(configuration.outbound)
        outbound = OutboundTotal(limitBytes: configuration.outbound.nodeBytes)
        relief = OutboundRelief(total: outbound)
        let rates = configuration.rates
        addresses = AddressSockets(
            maxOpen: rates.httpConnectionsPerIP == 0 ? 0 : max(rates.httpConnectionsPerIP, rates.connectionsPerIP),
            maxSilent: rates.connectionsPerIP)
    }

    var frameLimits: FrameRules.Limits {
        FrameRules.Limits(
            maxMessageBytes: configuration.messages.maxBytes, maxFragments: configuration.messages.maxFragments,
            assemblyMs: configuration.messages.assemblyMs)
    }

    /// The time between two looks at every socket: a quarter of the shortest deadline, 10 to 500 ms.
    var watchInterval: TimeAmount {
        let deadlines = [
            configuration.handshake.timeoutMs, configuration.messages.assemblyMs, configuration.outbound.queueMs,
            configuration.outbound.answerMs, configuration.liveness.pingIntervalMs,
            configuration.liveness.closeTimeoutMs,
        ]
        let shortest = deadlines.filter { $0 > 0 }.min() ?? 2_000
        return .milliseconds(Int64(min(max(shortest / 4, 10), 500)))
    }
}
