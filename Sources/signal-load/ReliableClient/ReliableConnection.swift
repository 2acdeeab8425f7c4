import NIOCore
import NIOPosix
import NIOWebSocket

/// What a connection tells its client; always on the event loop of both.
protocol ReliableConnectionObserver: AnyObject {
    /// The server has upgraded to dialect 2.
    func connectionDidOpen(_ connection: ReliableConnection)
    func connection(_ connection: ReliableConnection, didReceive text: ByteBuffer)
    /// Comes exactly once per connection, also when it never opened.
    func connectionDidEnd(_ connection: ReliableConnection, _ end: ConnectionEnd)
}

/// One socket of a dialect 2 client, from the dial to its end.
///
/// Confined to the event loop it dials on; it keeps its observer alive until it has ended.
final class ReliableConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case dialing, upgrading, open, ended }

    static let subprotocol = "browser-sync.v2"
    /// How long a server may take to close the socket after a close code.
    private static let closingPatience = TimeAmount.seconds(2)

    private let request: String
    private let mask: UInt32
    private var observer: (any ReliableConnectionObserver)?
    private var phase = Phase.dialing
    private var inbound = ByteBuffer()
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - seat: its `peerId` is not sent here; the `hello` names it.
    init(seat: Seat, namespace: String, observer: any ReliableConnectionObserver) {
        request = Handshake.request(
            to: seat.endpoint, query: "namespace=\(namespace)&room=\(seat.room)", subprotocol: Self.subprotocol)
        (mask, self.observer) = (seat.mask, observer)
    }

    /// Dials; the outcome comes to the observer. Call on `loop`.
    func dial(_ address: SocketAddress, on loop: any EventLoop) {
        let connection = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(2))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(connection.value)
                }
            }
            .connect(to: address).whenFailure { _ in connection.value.finish(.unreachable) }
    }

    /// Writes the texts as frames in one go; nothing happens on a connection that is not open.
    func write(_ texts: [String]) {
        guard phase == .open, let context, !texts.isEmpty else { return }
        for text in texts {
            context.write(wrapOutboundOut(ClientFrame.encode(.text, Array(text.utf8), mask: mask)), promise: nil)
        }
        context.flush()
    }

    /// Says a close code and ends as `end`. The socket is the server's to close (RFC 6455 §7.1.1): closed here while
    /// messages come in, it would be reset, and a server that writes to it then may never read the code.
    func close(code: UInt16, as end: ConnectionEnd) {
        guard phase == .open, let context else { return finish(end) }
        // First, for the write may end the channel within the call.
        finish(end, closing: false)
        let frame = ClientFrame.close(code: code, mask: mask)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        context.eventLoop.scheduleTask(in: Self.closingPatience) { [weak channel = context.channel] in
            channel?.close(promise: nil)
        }
    }

    /// Ends the socket without a word.
    func cut(as end: ConnectionEnd) { finish(end) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        guard phase == .dialing else { return context.close(promise: nil) }
        phase = .upgrading
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .ended else { return }
        var bytes = unwrapInboundIn(data)
        if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
        do {
            if phase == .upgrading {
                guard try Handshake.readAnswer(from: &inbound, subprotocol: Self.subprotocol) else { return }
                phase = .open
                observer?.connectionDidOpen(self)
            }
            while phase == .open, let frame = try inbound.readServerFrame() { receive(frame) }
            if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        } catch let refusal as HandshakeRefused {
            finish(.refused(refusal.reason))
        } catch {
            finish(.lost)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.lost) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { finish(.lost) }

    private func receive(_ frame: ServerFrame) {
        switch frame.opcode {
        case .text: observer?.connection(self, didReceive: frame.payload)
        case .ping:
            let pong = ClientFrame.encode(.pong, frame.payload.readableBytesView, mask: mask)
            context?.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose:
            let code: UInt16 = frame.payload.getInteger(at: frame.payload.readerIndex) ?? 1005
            let reason = String(decoding: frame.payload.readableBytesView.dropFirst(2), as: UTF8.self)
            context?.write(wrapOutboundOut(ClientFrame.close(code: code, mask: mask)), promise: nil)
            context?.flush()
            finish(.closed(code: code, reason: reason))
        default: break
        }
    }

    private func finish(_ end: ConnectionEnd, closing: Bool = true) {
        guard phase != .ended else { return }
        phase = .ended
        inbound = ByteBuffer()
        if closing { context?.close(promise: nil) }
        let observer = observer.take()
        observer?.connectionDidEnd(self, end)
    }
}
