import NIOCore
import NIOPosix

/// How long Redis alone takes from one connection to another: no way between two nodes through it is shorter.
///
/// Source: `SUBSCRIBE` and `PUBLISH`. Rate, size and generator are those of W6's open loop.
struct RedisFloorRun: Sendable {
    let address: SocketAddress
    let settings: BenchSettings
    let loop: any EventLoop

    /// The time from the moment each message was due, in nanoseconds.
    func run() async throws -> Histogram {
        let wire = FloorWire(
            channel: "signal-load:\(UInt32.random(in: 0 ... .max))", payloadBytes: Workload.smallMessageBytes)
        let rate = settings.rate
        let floor = try await loop.submit { [loop] in
            NIOLoopBound(RedisFloor(wire: wire, perSecond: rate, loop: loop), eventLoop: loop)
        }.get()

        let subscribed = loop.makePromise(of: Void.self)
        let subscriber: any Channel
        do {
            subscriber = try await connect { FloorSubscriber(floor: floor.value, wire: wire, subscribed: subscribed) }
        } catch {
            subscribed.fail(error)
            throw error
        }
        try await subscribed.futureResult.get()
        let publisher = try await connect { Ignore() }

        try await loop.submit { floor.value.start(on: publisher) }.get()
        try await Task.sleep(for: .seconds(settings.warmUpSeconds))
        try await loop.submit { floor.value.beginRecording() }.get()
        try await Task.sleep(for: .seconds(settings.seconds))
        let (latency, failure) = try await loop.submit {
            floor.value.stop()
            return (floor.value.latency, floor.value.failure)
        }.get()
        try await publisher.close()
        try await subscriber.close()
        if let failure { throw RedisUnreadable(reason: failure) }
        return latency
    }

    private func connect(_ handler: @escaping @Sendable () -> some ChannelHandler) async throws -> any Channel {
        do {
            return try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(2))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
                }
                .connect(to: address).get()
        } catch {
            throw RedisUnreadable(reason: "\(address) does not answer: \(error)")
        }
    }
}

/// Drops what Redis answers to a publication.
private final class Ignore: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

/// Confined to its channel's event loop.
private final class FloorSubscriber: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let floor: RedisFloor
    private let wire: FloorWire
    private let head: [UInt8]
    private let confirmation: [UInt8]
    private var subscribed: EventLoopPromise<Void>?
    private var inbound = ByteBuffer()

    init(floor: RedisFloor, wire: FloorWire, subscribed: EventLoopPromise<Void>) {
        (self.floor, self.wire, self.subscribed) = (floor, wire, subscribed)
        (head, confirmation) = (wire.messageHead, wire.confirmation)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(wire.subscribe), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        inbound.writeBuffer(&bytes)
        do {
            if subscribed != nil {
                guard inbound.readableBytes >= confirmation.count else { return }
                guard inbound.readBytes(length: confirmation.count) == confirmation else {
                    throw RedisReplyError.unexpected
                }
                subscribed.take()?.succeed()
            }
            while let due = try wire.readMessage(from: &inbound, head: head) { floor.receive(due: due) }
            if inbound.readableBytes == 0 { inbound.clear() }
        } catch {
            fail("an unexpected message of a subscription")
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the connection is closed")
    }

    private func fail(_ reason: String) {
        floor.fail(reason)
        subscribed.take()?.fail(RedisUnreadable(reason: reason))
    }
}
