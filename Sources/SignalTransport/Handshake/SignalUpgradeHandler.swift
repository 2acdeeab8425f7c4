import NIOCore
import NIOHTTP1
import SignalDomain
import SignalNode

/// Sends each request where it belongs: a WebSocket handshake on an endpoint to the node's admission, everything else to
/// the HTTP routes, which are installed behind this handler by the first request that needs them.
///
/// Confined to its channel's event loop. An admitted socket loses every HTTP handler and keeps one:
/// `SignalChannelHandler`. Bytes that come while admission is thinking stay in the HTTP decoder, which stops
/// parsing behind an upgrade request, and they stay few: after one read more, reads are withheld.
final class SignalUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case betweenRequests
        /// A request for the routes is passing through.
        case passing
        /// The rest of a handshake request is awaited.
        case handshake(UpgradeRequest)
        /// Answers to earlier requests have to leave first.
        case queued(UpgradeRequest)
        /// The node decides.
        case admitting
        case done
    }

    private let sockets: LoopSockets
    private let http: HTTPStack
    private let routes: RoutedChannel
    private var state = State.betweenRequests
    /// Who asked for the upgrade.
    private var client = ClientAddress(ipv4: 0)
    private var hasRoutes = false
    private var isReadDue = false
    /// Whether the read that admission may have is asked for. To withhold that one too would cost two system calls for
    /// each client, of whom hardly any says something before it is answered.
    private var hasReadAhead = false

    init(sockets: LoopSockets, http: HTTPStack, routes: RoutedChannel) {
        self.sockets = sockets
        self.http = http
        self.routes = routes
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .betweenRequests): begin(head, context: context)
        case (.end, .passing):
            state = .betweenRequests
            context.fireChannelRead(data)
        case (_, .passing): context.fireChannelRead(data)
        case (.end, .handshake(let request)):
            // This request itself is among the unanswered ones.
            if http.requests.unanswered > 1 {
                state = .queued(request)
            } else {
                admit(request, context: context)
            }
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard let target = RequestTarget(head.uri) else {
            refuse(.badRequest("The request target is not a path."))
            return
        }
        if let request = UpgradeRequest(head, target: target, served: sockets.settings.served) {
            if let fault = request.fault { refuse(fault) } else { state = .handshake(request) }
            return
        }
        guard installRoutes(context: context) else { return }
        state = .passing
        context.fireChannelRead(wrapInboundOut(.head(routed(head, target))))
    }

    /// The head as the routes see it: origin form, and `Connection: close` where nothing can follow, which is also the
    /// case behind a request for another protocol than ours.
    private func routed(_ head: HTTPRequestHead, _ target: RequestTarget) -> HTTPRequestHead {
        var head = head
        head.uri = target.originForm
        head.headers.remove(name: RouteContext.peerField)
        if http.requests.isProxied {
            head.headers.add(name: RouteContext.peerField, value: "\(http.requests.peer)")
        }
        if !head.isKeepAlive || head.headers.contains(name: "upgrade") {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        return head
    }

    private func installRoutes(context: ChannelHandlerContext) -> Bool {
        guard !hasRoutes else { return true }
        do {
            try http.requests.prepareAnswers()
            try routes.install(on: context.channel)
            hasRoutes = true
            return true
        } catch {
            context.close(promise: nil)
            return false
        }
    }

    // MARK: Admission

    private func admit(_ request: UpgradeRequest, context: ChannelHandlerContext) {
        state = .admitting
        let origin = sockets.settings.origin
        client = origin.client(of: http.requests.peer, lines: request.head.headers[origin.headerName])
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        sockets.settings.admit(request.handshake(client: client), context.value.eventLoop) { [self] answer in
            decided(answer, for: request, context: context.value)
        }
    }

    private func decided(
        _ answer: Result<any SocketSession, Refusal>, for request: UpgradeRequest, context: ChannelHandlerContext
    ) {
        guard case .admitting = state, context.channel.isActive else {
            if case .success(let session) = answer { session.closed(.lost) }
            return
        }
        switch answer {
        case .success(let session): upgrade(request, .open(session), context: context)
        case .failure(let refusal):
            if let farewell = request.farewell(for: refusal) {
                upgrade(request, .farewell(farewell), context: context)
            } else {
                refuse(refusal)
            }
        }
    }

    private func refuse(_ refusal: Refusal) {
        state = .done
        http.requests.refuse(refusal)
    }

    /// What an upgraded socket does first.
    private enum Beginning {
        case open(any SocketSession)
        /// The client learns a refusal over the socket.
        case farewell(UpgradeRequest.Farewell)
    }

    private func upgrade(_ request: UpgradeRequest, _ beginning: Beginning, context: ChannelHandlerContext) {
        state = .done
        // Without the name of the subprotocol a page would drop the socket before it sees why it is closed.
        let head = WebSocketAccept.head(for: request.key ?? "", subprotocol: request.dialect.subprotocol)
        do {
            try changePipeline(answering: head, beginning, context: context)
        } catch {
            if case .open(let session) = beginning { session.closed(.lost) }
            context.close(promise: nil)
        }
    }

    /// Answers 101 and puts the WebSocket's handler in the place of HTTP's. What the session says at once leaves with
    /// the answer, in one packet.
    private func changePipeline(
        answering head: ByteBuffer, _ beginning: Beginning, context: ChannelHandlerContext
    ) throws {
        switch beginning {
        case .open(let session):
            let signal = SignalChannelHandler(session: session, client: client, sockets: sockets)
            try http.replace(with: signal, answering: head, and: self, in: context.pipeline)
            session.open(on: signal)
            signal.awaitWord()
        case .farewell(let farewell):
            let signal = SignalChannelHandler(session: nil, client: client, sockets: sockets)
            try http.replace(with: signal, answering: head, and: self, in: context.pipeline)
            if let text = farewell.text { signal.send(SignalFrame.text(text), from: nil) }
            signal.close(farewell.reason)
        }
    }

    // MARK: Answers, reads, the end

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        guard case .end = part, case .queued(let request) = state, http.requests.unanswered == 1 else { return }
        context.flush()
        admit(request, context: context)
    }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .betweenRequests, .passing, .handshake: context.read()
        case .admitting where !hasReadAhead:
            hasReadAhead = true
            context.read()
        case .queued, .admitting, .done: isReadDue = true
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // The read that was withheld during admission is asked for again, past the handlers that have left.
        if isReadDue { context.pipeline.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .done
        context.fireChannelInactive()
    }
}
