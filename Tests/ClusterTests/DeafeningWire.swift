import NIOCore
import NIOPosix

/// Stands between a node and Redis, and can keep what is pushed to a subscribed connection from the node, while its
/// `PONG`s and all other connections go on.
///
/// Safe from any thread; the work is done on one event loop. It ends with the test.
final class DeafeningWire: Sendable {
    let port: Int
    private let wire: NIOLoopBound<Wire>
    private let loop: any EventLoop
    private let listener: any Channel

    init(upstream: Int) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let wire = try await loop.submit { NIOLoopBound(Wire(), eventLoop: loop) }.get()
        (self.wire, self.loop) = (wire, loop)
        listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { node in
                node.setOption(.autoRead, value: false).flatMap {
                    ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
                        .connect(host: "127.0.0.1", port: upstream)
                }.flatMapThrowing { redis in
                    let link = Link(wire: wire.value, node: node, redis: redis)
                    try node.pipeline.syncOperations.addHandler(FromNode(link))
                    try redis.pipeline.syncOperations.addHandler(FromRedis(link))
                    for channel in [node, redis] { channel.setOption(.autoRead, value: true).whenFailure { _ in } }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// From now on the node hears nothing more over the subscribed connection that it has.
    func deafen() async throws { try await loop.submit { self.wire.value.deaf = self.wire.value.subscribed }.get() }

    /// How many pushed messages were kept from the node, and whether it has given the deaf connection up.
    func swallowed() async throws -> (messages: Int, isGivenUp: Bool) {
        try await loop.submit { (self.wire.value.swallowed, self.wire.value.isGivenUp) }.get()
    }
}

/// Confined to its event loop.
private final class Wire {
    /// The newest subscribed connection.
    var subscribed: ObjectIdentifier?
    var deaf: ObjectIdentifier?
    var swallowed = 0
    var isGivenUp = false
}

/// One connection of the node and its other half. Confined to its event loop.
private final class Link {
    private static let pushed = Array("$7\r\nmessage\r\n".utf8)
    private let wire: Wire
    private let node: any Channel
    private let redis: any Channel

    init(wire: Wire, node: any Channel, redis: any Channel) {
        (self.wire, self.node, self.redis) = (wire, node, redis)
    }

    func sent(_ bytes: ByteBuffer) {
        if bytes.readableBytesView.count(of: Array("SUBSCRIBE".utf8)) > 0 { wire.subscribed = ObjectIdentifier(self) }
        redis.writeAndFlush(bytes, promise: nil)
    }

    func answered(_ bytes: ByteBuffer) {
        let messages = bytes.readableBytesView.count(of: Self.pushed)
        guard wire.deaf == ObjectIdentifier(self), messages > 0 else { return node.writeAndFlush(bytes, promise: nil) }
        wire.swallowed += messages
    }

    func ended() {
        if wire.deaf == ObjectIdentifier(self) { wire.isGivenUp = true }
        node.close(promise: nil)
        redis.close(promise: nil)
    }
}

extension ByteBufferView {
    fileprivate func count(of word: [UInt8]) -> Int {
        indices.count { self[$0...].starts(with: word) }
    }
}

private final class FromNode: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let link: Link

    init(_ link: Link) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { link.sent(unwrapInboundIn(data)) }
    func channelInactive(context: ChannelHandlerContext) { link.ended() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class FromRedis: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let link: Link

    init(_ link: Link) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { link.answered(unwrapInboundIn(data)) }
    func channelInactive(context: ChannelHandlerContext) { link.ended() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
