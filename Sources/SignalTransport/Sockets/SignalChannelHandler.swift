import NIOCore
import SignalDomain
import SignalNode

/// One WebSocket: executes what `FrameRules` decides, hands messages to the session, and writes what the node sends.
///
/// Confined to the event loop of its channel, like the session it serves; `holdReads` of other threads reaches it by
/// that loop. It is the only handler of its channel, owns no timer and no task, and writes without promises; the one
/// flush per turn and the deadlines come from `LoopSockets`.
final class SignalChannelHandler: ChannelDuplexHandler, Slotted {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum State: Equatable {
        case open
        /// Our close frame is written; the peer's answer, or this deadline, ends the socket.
        case closing(CloseReason, until: NIODeadline)
        /// Nothing is sent or delivered any more; the peer's end of stream, or this deadline, ends the socket.
        case lingering(until: NIODeadline)
        case closed
    }

    let sockets: LoopSockets
    let settings: TransportSettings
    var slot = -1
    var state = State.open
    var context: ChannelHandlerContext?
    var rules: FrameRules

    // Outbound.
    var queue = OutboundQueue()
    var held = HeldSenders()
    /// What this turn of the loop has written.
    var line = TurnWrites.Line()
    /// The part of `queue` that the node's total knows of.
    var reportedBytes = 0

    // Liveness.
    /// When the peer was heard or asked last.
    var quietSince: NIODeadline
    var unansweredPings = 0

    // Inbound.
    private var reader: FrameReader
    private var isReadingPaused = false
    private var isReadDue = false

    // A client that has not said who it is.
    private(set) var arrival: UInt64 = 0
    private(set) var isPending = false

    /// Nil for a refused client that asked to be told by a close code.
    private(set) var session: (any SocketSession)?
    let isRefused: Bool
    private let client: ClientAddress
    /// Taken when no session counts this socket any more.
    private var place: AddressPlace
    private var hasOutstayed = false

    /// - Parameters:
    ///   - session: nil for a refused client that asked to be told by a close code.
    ///   - client: the address behind the trusted proxies.
    init(session: (any SocketSession)?, client: ClientAddress, sockets: LoopSockets) {
        self.session = session
        self.client = client
        isRefused = session == nil
        place = AddressPlace(sockets.settings)
        self.sockets = sockets
        self.settings = sockets.settings
        var limits = sockets.settings.frameLimits
        reader = FrameReader(maxPayloadBytes: limits.maxMessageBytes)
        limits.takesBinary = session?.dialect != .two
        limits.keepsBinary = session is any BinarySession
        rules = FrameRules(limits: limits)
        quietSince = sockets.now
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sockets.insert(self)
    }

    /// Begins to count a client that has not said who it is.
    func awaitWord() {
        guard session?.isUnknown == true else { return }
        isPending = true
        arrival = sockets.nextArrival()
        sockets.insertPending(self)
    }

    /// The client may have said who it is by now, or is gone.
    func settlePending() {
        guard isPending, session?.isUnknown != true else { return }
        isPending = false
        settings.census.countPending(-1)
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    /// The socket is gone: everybody who counts on it is told.
    private func release() {
        guard context != nil else { return }
        let code = if case .closing(let reason, _) = state { reason.code } else { CloseReason.lostCode }
        endSession(.lost, code: code)
        state = .closed
        context = nil
        sockets.writes.clear(&line)
        held.releaseAll()
        report(0)
        place.leave()
        sockets.remove(self)
    }

    /// The session's slot is free again, but the socket is still there: it counts for its address, and is cut off when
    /// that one has too many such sockets.
    func outstay() {
        guard context != nil, !hasOutstayed else { return }
        hasOutstayed = true
        if !place.take(for: client) { cutOff(.overloaded) }
    }

    /// Tells the session, the first time only.
    func endSession(_ end: SocketEnd, code: UInt16) {
        guard let session else { return }
        self.session = nil
        settlePending()
        settings.node.metrics.closed(code: code)
        session.closed(end)
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if unansweredPings > 0 { session?.noteRoundTrip((sockets.now - quietSince).nanoseconds / 1_000_000) }
        quietSince = sockets.now
        unansweredPings = 0
        reader.feed(unwrapInboundIn(data))
        while true {
            switch reader.next(in: &sockets.scratch) {
            case .frame(let frame): take(frame)
            case .more: return
            case .broken(let reason): return fail(reason)
            }
        }
    }

    /// Whether something of the peer follows the frame that is being taken.
    var hasUnreadBytes: Bool { reader.hasBytes }

    private func take(_ frame: Frame) {
        switch rules.receive(frame, now: sockets.now) {
        case .none: break
        case .deliver(let message):
            session?.receive(message)
            settlePending()
        case .deliverBinary(let message): (session as? any BinarySession)?.receive(binary: message)
        case .answerPing(let payload): transmit(ControlFrame.pong(payload), from: nil)
        case .peerClosed(let code): answerClose(code)
        case .closeAnswered(let code): finish(peerCode: code)
        case .fail(let reason): fail(reason)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The HTTP decoder, which has left, may report what it could not read; every other error ends the connection.
        guard !(error is ByteToMessageDecoderError) else { return }
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if isReadingPaused {
            isReadDue = true
        } else {
            context.read()
        }
    }

    var isSilenceExpected: Bool { isReadingPaused }

    // MARK: SessionSocket, reading

    func pauseReading() {
        // A closing socket has to hear the peer's close frame.
        guard state == .open else { return }
        isReadingPaused = true
    }

    func resumeReading() {
        isReadingPaused = false
        quietSince = sockets.now
        guard isReadDue else { return }
        isReadDue = false
        context?.read()
    }
}

extension CloseReason {
    /// What RFC 6455 §7.1.5 calls the code of a connection that was lost without a close frame.
    static let lostCode: UInt16 = 1006
    /// The code of a close frame that carries none.
    static let absentCode: UInt16 = 1005
}
