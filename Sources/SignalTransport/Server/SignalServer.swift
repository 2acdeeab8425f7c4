public import Logging
public import NIOCore
import NIOPosix
public import SignalNode
import Synchronization

/// The listener of a node: one port for WebSockets and HTTP, accepted by our own NIO bootstrap, so that an idle socket
/// carries no more than its frame decoder and its handler.
///
/// Safe from any thread: sockets live on their event loops, the listening channel behind a `Mutex`.
public final class SignalServer: Sendable {
    /// Connections that the kernel completes and keeps until they are accepted.
    private static let backlog: Int32 = 1_024

    private let settings: TransportSettings
    private let group: any EventLoopGroup
    private let loops: [LoopEntry]
    private let routes: RoutedChannel
    private let listener = Mutex<(any Channel)?>(nil)

    private struct LoopEntry: Sendable {
        let loop: any EventLoop
        let sockets: NIOLoopBoundBox<LoopSockets>
        let pulse = LoopPulse()

        init(_ loop: any EventLoop, settings: TransportSettings) {
            self.loop = loop
            sockets = .makeBoxSendingValue(
                LoopSockets(loop: loop, settings: settings, pulse: pulse), eventLoop: loop)
        }
    }

    /// - Parameters:
    ///   - node: decides on everybody who connects; its event loops must be those of `group`.
    ///   - metricsPage: the text of `/metrics`.
    public convenience init(
        node: Node, group: any EventLoopGroup, metricsPage: @escaping MetricsPage, logger: Logger
    ) {
        self.init(node: node, group: group, metricsPage: metricsPage, logger: logger, admit: nil)
    }

    /// The same with another one than the node to decide on everybody who connects (nil = the node).
    package init(
        node: Node, group: any EventLoopGroup, metricsPage: @escaping MetricsPage, logger: Logger, admit: Admit?
    ) {
        let settings = TransportSettings(node: node, logger: logger, admit: admit)
        self.settings = settings
        self.group = group
        let loops = group.makeIterator().map { loop in LoopEntry(loop, settings: settings) }
        self.loops = loops
        let isAlive: @Sendable () -> Bool = { loops.allSatisfy { $0.pulse.isAlive(at: .now()) } }
        routes = RoutedChannel(
            responder: HTTPRoutes.responder(settings: settings, isAlive: isAlive, metricsPage: metricsPage),
            census: settings.census, logger: logger)
    }

    /// The bound address, with the port that the system chose; nil before `start` and after `stopAccepting`.
    public var localAddress: SocketAddress? { listener.withLock { $0?.localAddress } }

    /// Open sockets of every kind, and those of them that are WebSockets.
    public var socketCounts: (open: Int, signal: Int) { (settings.census.open, settings.census.signal) }

    /// Bytes that wait for slow readers.
    public var outboundBytes: Int { settings.outbound.bytes }

    /// Sockets that have no request in work and are no WebSockets, or whose client has not said who it is.
    public var pendingSockets: Int { settings.census.pending }

    /// Binds the configured host and port and accepts from then on.
    ///
    /// - Throws: `ListenError`, whose description names the host, the port and the setting to change.
    public func start() async throws {
        await onEveryLoop { $0.start() }
        settings.relief.use(loops.map { OutboundRelief.Member(loop: $0.loop, sockets: $0.sockets) })
        let address = settings.configuration.listener
        do {
            let channel = try await bootstrap.bind(host: address.host, port: address.port).get()
            listener.withLock { $0 = channel }
        } catch {
            await stopLoops()
            throw ListenError(host: address.host, port: address.port, cause: error)
        }
    }

    /// Closes the listening socket; open sockets stay.
    public func stopAccepting() async {
        let channel = listener.withLock { $0.take() }
        try? await channel?.close()
    }

    /// Ends everything: the listener, then every socket with a closing handshake, then whatever is left.
    ///
    /// Returns after at most the close timeout and two seconds, whatever the peers do.
    public func shutdown() async {
        await stopAccepting()
        await onEveryLoop { $0.shutDown(.gracefully) }
        await waitForSockets(atMost: .milliseconds(settings.configuration.liveness.closeTimeoutMs))
        await onEveryLoop { $0.shutDown(.atOnce) }
        await waitForSockets(atMost: .seconds(2))
        await stopLoops()
    }

    private func stopLoops() async {
        settings.relief.use([])
        await onEveryLoop { $0.stop() }
    }

    private func waitForSockets(atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while !settings.census.isEmpty, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Runs `body` on each event loop, and returns when all have done so; a loop that is gone is left out.
    private func onEveryLoop(_ body: @escaping @Sendable (LoopSockets) -> Void) async {
        for entry in loops { try? await entry.loop.submit { body(entry.sockets.value) }.get() }
    }

    /// Small buffers that shrink again, one read per turn: idle sockets keep 0.5 KiB, busy ones stay fair.
    private static func bound(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { throw ChannelError.operationUnsupported }
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 512, maximum: 16_384))
    }

    private var bootstrap: ServerBootstrap {
        let limit = AcceptGate.limit(configured: settings.configuration.listener.maxSockets)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [settings] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(
                            census: settings.census, limit: limit,
                            perSecond: settings.configuration.abuse.acceptRate))
                }
            }
            .childChannelInitializer { [loops, routes] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let entry = loops.first(where: { $0.loop === channel.eventLoop }) else {
                        throw ChannelError.operationUnsupported
                    }
                    try Self.bound(channel)
                    try HTTPStack.install(on: channel, sockets: entry.sockets.value, routes: routes)
                }
            }
    }
}
