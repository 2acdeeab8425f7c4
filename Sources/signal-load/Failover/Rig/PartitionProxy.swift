import NIOCore
import NIOPosix

/// The wire between one node and Redis: it forwards bytes, or loses them, or cuts.
///
/// Safe from any thread; the work is done on one event loop.
struct PartitionProxy: Sendable {
    let port: Int
    private let wire: NIOLoopBound<Wire>
    private let loop: any EventLoop

    init(port: Int, upstream: Int, on loop: any EventLoop) async throws {
        (self.port, self.loop) = (port, loop)
        wire = try await loop.submit {
            NIOLoopBound(Wire(port: port, upstream: upstream, loop: loop), eventLoop: loop)
        }.get()
        try await forward()
    }

    /// Everything passes; what was held by `blackhole` arrives now.
    func forward() async throws {
        try await loop.flatSubmit { wire.value.forward() }.get()
    }

    /// Nothing passes and nothing is closed: the connections hang.
    func blackhole() async throws {
        try await loop.submit { wire.value.blackhole() }.get()
    }

    /// Every connection ends with RST, and new ones are refused.
    func reset() async throws {
        try await loop.flatSubmit { wire.value.reset() }.get()
    }
}

/// Confined to its event loop.
private final class Wire {
    private let port: Int
    private let upstream: Int
    private let loop: any EventLoop
    private var listener: (any Channel)?
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var isPassing = true

    init(port: Int, upstream: Int, loop: any EventLoop) {
        (self.port, self.upstream, self.loop) = (port, upstream, loop)
    }

    func forward() -> EventLoopFuture<Void> {
        setPassing(true)
        guard listener == nil else { return loop.makeSucceededVoidFuture() }
        let wire = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { wire.value.connect($0) }
            .bind(host: "127.0.0.1", port: port)
            .map { wire.value.listener = $0 }
    }

    func blackhole() { setPassing(false) }

    func reset() -> EventLoopFuture<Void> {
        // A close without lingering is a RST; for all of them first, because each close ends the other side too.
        for case let channel as any SocketOptionProvider in channels.values {
            channel.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        for channel in channels.values { channel.close(promise: nil) }
        guard let listener = listener.take() else { return loop.makeSucceededVoidFuture() }
        return listener.close()
    }

    private func setPassing(_ passing: Bool) {
        isPassing = passing
        for channel in channels.values { channel.setOption(.autoRead, value: passing).whenFailure { _ in } }
    }

    /// Dials Redis for a node that has dialed here.
    private func connect(_ inbound: any Channel) -> EventLoopFuture<Void> {
        let wire = NIOLoopBound(self, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: upstream)
            .flatMap { outbound in
                wire.value.join(inbound, outbound)
            }
    }

    private func join(_ inbound: any Channel, _ outbound: any Channel) -> EventLoopFuture<Void> {
        loop.makeCompletedFuture {
            try inbound.pipeline.syncOperations.addHandler(Forwarding(to: outbound))
            try outbound.pipeline.syncOperations.addHandler(Forwarding(to: inbound))
            for channel in [inbound, outbound] {
                let wire = NIOLoopBound(self, eventLoop: loop)
                let id = ObjectIdentifier(channel)
                channels[id] = channel
                channel.closeFuture.whenComplete { _ in wire.value.channels[id] = nil }
                channel.setOption(.autoRead, value: isPassing).whenFailure { _ in }
            }
        }
    }
}

/// Passes everything to the other side. Confined to the event loop of both.
private final class Forwarding: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { other.flush() }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
