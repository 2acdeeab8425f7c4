import NIOCore
import SignalDomain

/// Takes the PROXY header off the front of a connection and tells whom it names. A connection without one, and one that
/// comes from somebody else than a trusted proxy, is closed.
///
/// Confined to its channel's event loop. It stands in front of everything else and leaves with the header. Its time is
/// that of the request head behind it (`RequestHeadGuard`).
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let origin: RequestOrigin
    private let found: (ClientAddress?) -> Void
    private var received = ByteBuffer()
    private var isOver = false

    /// - Parameter found: hears whom the header names, before the first byte behind it is passed on.
    init(origin: RequestOrigin, found: @escaping (ClientAddress?) -> Void) {
        self.origin = origin
        self.found = found
    }

    func channelActive(context: ChannelHandlerContext) {
        guard origin.isTrusted(ClientAddress(context.remoteAddress)) else {
            isOver = true
            context.close(promise: nil)
            return
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        switch ProxyHeader.read(from: &received) {
        case .incomplete: break
        case .broken:
            isOver = true
            context.close(promise: nil)
        case .complete(let header):
            isOver = true
            found(header.client)
            if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
            received = ByteBuffer()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }
}
