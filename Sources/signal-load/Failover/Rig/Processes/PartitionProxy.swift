import NIOCore
import NIOPosix

/// The wire between one node and Redis: it forwards bytes, late if it has to, holds them back, or cuts.
///
/// What is on it arrives in the order in which it was sent, over all connections, and although its sender has died.
/// Safe from any thread; the work is done on one event loop.
struct PartitionProxy: NodeWire {
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
        try await loop.flatSubmit { wire.value.forward(after: .zero) }.get()
    }

    /// Everything passes, each byte `latency` later, in both directions.
    func slow(by latency: TimeAmount) async throws {
        try await loop.flatSubmit { wire.value.forward(after: latency) }.get()
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
    private var transit = CircularBuffer<Parcel>()
    /// nil while nothing passes.
    private var latency: TimeAmount? = .zero

    /// Bytes for one end of a connection, or its end.
    private struct Parcel {
        let target: any Channel
        /// nil = the other side has closed.
        let bytes: ByteBuffer?
        let sentAt: NIODeadline
    }

    init(port: Int, upstream: Int, loop: any EventLoop) {
        (self.port, self.upstream, self.loop) = (port, upstream, loop)
    }

    func forward(after latency: TimeAmount) -> EventLoopFuture<Void> {
        self.latency = latency
        deliver()
        guard listener == nil else { return loop.makeSucceededVoidFuture() }
        let wire = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { wire.value.connect($0) }
            .bind(host: "127.0.0.1", port: port)
            .map { wire.value.listener = $0 }
    }

    func blackhole() { latency = nil }

    func reset() -> EventLoopFuture<Void> {
        transit.removeAll()
        // A close without lingering is a RST; for all of them first, because each close ends the other side too.
        for case let channel as any SocketOptionProvider in channels.values {
            channel.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        for channel in channels.values { channel.close(promise: nil) }
        guard let listener = listener.take() else { return loop.makeSucceededVoidFuture() }
        return listener.close()
    }

    /// Takes what one end of a connection says to the other.
    fileprivate func carry(_ bytes: ByteBuffer?, to target: any Channel) {
        transit.append(Parcel(target: target, bytes: bytes, sentAt: .now()))
        guard let latency else { return }
        guard latency > .zero else { return deliver() }
        let wire = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: latency) { wire.value.deliver() }
    }

    /// Hands over what is due.
    private func deliver() {
        guard let latency else { return }
        let latest = NIODeadline.now() - latency
        while let parcel = transit.first, parcel.sentAt <= latest {
            transit.removeFirst()
            if let bytes = parcel.bytes {
                parcel.target.writeAndFlush(bytes, promise: nil)
            } else {
                parcel.target.close(promise: nil)
            }
        }
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
            try inbound.pipeline.syncOperations.addHandler(Forwarding(over: self, to: outbound))
            try outbound.pipeline.syncOperations.addHandler(Forwarding(over: self, to: inbound))
            for channel in [inbound, outbound] {
                let wire = NIOLoopBound(self, eventLoop: loop)
                let id = ObjectIdentifier(channel)
                channels[id] = channel
                channel.closeFuture.whenComplete { _ in wire.value.channels[id] = nil }
                channel.setOption(.autoRead, value: true).whenFailure { _ in }
            }
        }
    }
}

/// Passes everything on towards the other side. Confined to the event loop of both.
private final class Forwarding: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let wire: Wire
    private let other: any Channel

    init(over wire: Wire, to other: any Channel) {
        (self.wire, self.other) = (wire, other)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { wire.carry(unwrapInboundIn(data), to: other) }

    func channelInactive(context: ChannelHandlerContext) { wire.carry(nil, to: other) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
