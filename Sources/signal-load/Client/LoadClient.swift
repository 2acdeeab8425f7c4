import NIOCore
import NIOPosix
import NIOWebSocket

/// What a client tells its owner; always on the client's event loop.
protocol ClientObserver: AnyObject {
    /// The server has let the client into its room.
    func clientDidOpen(_ client: LoadClient)
    func client(_ client: LoadClient, didReceive text: ByteBuffer)
    /// Comes exactly once per client, also when it never opened. `reason` is nil after `leave()`.
    func clientDidClose(_ client: LoadClient, reason: String?)
}

/// One client in one room: a bare channel handler from the TCP connect to the close.
///
/// Confined to the event loop it connects on; it keeps its observer alive until it has closed.
final class LoadClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case dialing, upgrading, awaitingWelcome, open, leaving, closed }

    /// The owner's name for this client.
    let index: Int
    let seat: Seat
    private(set) var wasWelcomed = false
    private var observer: (any ClientObserver)?
    private var phase = Phase.dialing
    private let welcome: [UInt8]?
    private var inbound = ByteBuffer()
    private var context: ChannelHandlerContext?

    init(index: Int, seat: Seat, observer: any ClientObserver) {
        (self.index, self.seat, self.observer) = (index, seat, observer)
        welcome = seat.dialect.welcome(of: seat)
    }

    var isOpen: Bool { phase == .open }

    /// Dials; the outcome comes to the observer. Call on `loop`.
    func connect(on loop: any EventLoop) {
        let client = NIOLoopBound(self, eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read per wake-up: a second one almost always finds nothing and costs the shared cores a system call.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(client.value) }
            }
        if let source = seat.source { bootstrap = bootstrap.bind(to: source) }
        bootstrap.connect(to: seat.endpoint.address).whenFailure { error in
            client.value.finish("\(client.value.seat.endpoint) does not answer: \(error)")
        }
    }

    /// Writes a prepared frame at once; nothing happens on a closed client.
    func write(_ frame: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Says 1000 and waits for the server's close.
    func leave() {
        guard phase == .open else { return abandon() }
        phase = .leaving
        write(ClientFrame.close(code: 1000, mask: seat.mask))
    }

    /// Closes the socket without a word; the observer hears of it as of a leave.
    func abandon() {
        guard phase != .closed else { return }
        phase = .leaving
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        guard phase == .dialing else { return context.close(promise: nil) }
        phase = .upgrading
        write(ByteBuffer(string: Handshake.request(for: seat)))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
        do {
            if phase == .upgrading {
                guard try Handshake.readAnswer(from: &inbound) else { return }
                enter()
            }
            while let frame = try inbound.readServerFrame() { receive(frame) }
            // Gives the memory back to the channel's allocator, which else has to make a new block.
            if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        } catch {
            finish("\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(phase == .leaving ? nil : "the server closed the connection")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(phase == .leaving ? nil : "\(error)")
    }

    private func enter() {
        phase = .awaitingWelcome
        for text in seat.dialect.greeting(of: seat) { write(ClientFrame.encode(.text, text.utf8, mask: seat.mask)) }
        if welcome == nil { open() }
    }

    private func open() {
        phase = .open
        wasWelcomed = true
        observer?.clientDidOpen(self)
    }

    private func receive(_ frame: ServerFrame) {
        switch frame.opcode {
        case .text, .binary:
            receiveMessage(frame.payload)
        case .ping:
            write(ClientFrame.encode(.pong, frame.payload.readableBytesView, mask: seat.mask))
        case .connectionClose:
            let code: UInt16 = frame.payload.getInteger(at: frame.payload.readerIndex) ?? 1005
            let text = String(decoding: frame.payload.readableBytesView.dropFirst(2), as: UTF8.self)
            finish(phase == .leaving ? nil : "the server closed the connection: \(code) \(text)")
        default:
            break
        }
    }

    private func receiveMessage(_ text: ByteBuffer) {
        switch phase {
        case .awaitingWelcome:
            let bytes = text.readableBytesView
            if let welcome, bytes.firstRange(of: welcome) != nil { return open() }
            // Others of the room may be heard before; a refusal ends it.
            guard bytes.firstRange(of: LoadClient.error) != nil else { return }
            finish("the server refused: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        case .open:
            observer?.client(self, didReceive: text)
        case .dialing, .upgrading, .leaving, .closed:
            break
        }
    }

    private static let error = Array(#""type":"error""#.utf8)

    private func finish(_ reason: String?) {
        guard phase != .closed else { return }
        phase = .closed
        context?.close(promise: nil)
        inbound = ByteBuffer()
        let observer = observer.take()
        observer?.clientDidClose(self, reason: reason)
    }
}
