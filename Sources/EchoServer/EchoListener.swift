import Backplane
import Dispatch
import Logging
import NIOCore
import SignalDomain
import SignalNode
import SignalTransport

/// The listener of a signaling node, whose sockets echo instead of joining rooms.
///
/// Everything below the session is the node's own: HTTP, the upgrade, frame decoding, frame rules, the closing
/// handshake, outbound queues.
struct EchoListener {
    let server: SignalServer

    /// The largest message, as the Autobahn suite sends it, in bytes.
    static let maxMessageBytes = 16_777_216
    /// The most frames of one message: 4 MiB in pieces of 64 bytes, and some more.
    static let maxFragments = 65_536 + 1

    /// - Parameter group: at least one event loop; the listener does not end it.
    init(host: String, port: Int, group: any EventLoopGroup) async throws {
        var configuration = NodeConfiguration()
        configuration.nodeName = "echo"
        configuration.listener.host = host
        configuration.listener.port = port
        configuration.messages.maxBytes = Self.maxMessageBytes
        configuration.messages.maxFragments = Self.maxFragments
        configuration.messages.assemblyMs = 120_000
        configuration.outbound.queueBytes = 4 * Self.maxMessageBytes
        let logger = Logger(label: "echo") { _ in SwiftLogNoOpLogHandler() }
        let loops = Array(group.makeIterator())
        guard let loop = loops.first else { throw ChannelError.operationUnsupported }
        let wallMicros: @Sendable () -> Int64 = { Int64(DispatchTime.now().uptimeNanoseconds / 1_000) }
        let node = try await loop.submit { [configuration] in
            let hub = InMemoryHub(bounds: configuration.rendezvous.bounds, wallMicros: wallMicros)
            return Node(
                configuration: configuration,
                backplanes: [.init(name: "embedded", backplane: InMemoryBackplane(hub: hub, loop: loop))],
                isShared: false, loops: loops,
                clock: NodeClock(
                    monotonicMs: { wallMicros() / 1_000 }, wall: { Timestamp(milliseconds: wallMicros() / 1_000) }),
                logger: logger, version: "echo")
        }.get()
        server = SignalServer(
            node: node, group: group, metricsPage: { _ in ("text/plain", "") }, logger: logger,
            admit: { _, _, completion in completion(.success(EchoSession())) })
        try await server.start()
    }
}
