import NIOCore
import NIOHTTP1
import SignalDomain
import SignalNode

/// Bounds what one connection may cost before it is a WebSocket: time for a head, a body and an answer, the size of
/// the request target, input that is not HTTP, and answers that nobody reads (security.md rows 1 and 2). Sizes of the
/// head are the decoder's limits.
///
/// Confined to its channel's event loop. It stands right behind the HTTP decoder, counts requests and answers, and
/// leaves the pipeline at the upgrade.
final class RequestHeadGuard: ChannelDuplexHandler, RemovableChannelHandler, Slotted {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    var slot = -1
    /// Requests whose answer is not complete.
    private(set) var unanswered = 0
    /// The place in the line of connections that owe a complete request head.
    private(set) var arrival: UInt64
    /// Since when it stands there.
    private(set) var waitingSince: NIODeadline
    /// Who is at the other end: the socket's peer, or whom its PROXY header names.
    private(set) var peer = ClientAddress(ipv4: 0)
    /// Whether a PROXY header named the peer.
    private(set) var isProxied = false
    /// What writes answers, from the first one on.
    private(set) var encoder: HTTPResponseEncoder?
    private var place: AddressPlace
    private var unread = UnreadAnswer()
    private let sockets: LoopSockets
    private var context: ChannelHandlerContext?
    private var deadline: NIODeadline
    private var isClosing = false

    init(sockets: LoopSockets) {
        self.sockets = sockets
        place = AddressPlace(sockets.settings)
        arrival = sockets.nextArrival()
        waitingSince = sockets.now
        deadline = sockets.now + sockets.requestTimeout
    }

    func channelActive(context: ChannelHandlerContext) {
        peer = ClientAddress(context.remoteAddress)
        if sockets.settings.node.isBlocked(peer) { return evict() }
        takePlace()
        context.fireChannelActive()
    }

    /// The PROXY header names the peer; nil = the proxy speaks for itself.
    func isNamed(by proxy: ClientAddress?) {
        guard let proxy else { return }
        peer = proxy
        isProxied = true
        takePlace()
    }

    /// Counts the socket for its peer, and closes it at once when that one has too many.
    private func takePlace() {
        guard context != nil else { return }
        let isGranted = place.take(for: peer)
        place.settle(isSilent: isPending)
        if !isGranted { evict() }
    }

    /// The socket has been silent for long: it goes if its address has too many of the kind.
    func makeRoom() {
        if place.givesWay() { evict() }
    }

    /// Whether no request is in work: such sockets are counted, and evicted when there are too many.
    var isPending: Bool { unanswered == 0 }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sockets.settings.census.countHTTP(1)
        sockets.settings.census.countPending(1)
        sockets.insert(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    private func release() {
        guard context != nil else { return }
        context = nil
        sockets.settings.census.countHTTP(-1)
        if isPending { sockets.settings.census.countPending(-1) }
        place.leave()
        report(0)
        sockets.remove(self)
    }

    func tick(now: NIODeadline) {
        if unread.bytes > 0 { settle() }
        if unread.isOverdue(limitMs: sockets.settings.configuration.outbound.answerMs, now: now) { return giveUp() }
        if now >= deadline { evict() }
    }

    func evict() { context?.close(promise: nil) }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            if unanswered == 1 { sockets.settings.census.countPending(-1) }
            place.settle(isSilent: isPending)
            deadline = sockets.now + sockets.requestTimeout
            guard head.uri.utf8.count <= sockets.settings.configuration.handshake.uriBytes else {
                refuse(.targetTooLong)
                return
            }
        case .body: break
        case .end: deadline = sockets.now + sockets.keepAliveTimeout
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isClosing else { return }
        // An answer that is on its way must not be followed by bytes of another one.
        guard unanswered == 0 else {
            context.close(promise: nil)
            return
        }
        switch error {
        case HTTPParserError.headerOverflow: refuse(.headTooLarge)
        case HTTPParserError.invalidVersion: refuse(.versionNotSupported)
        case is HTTPParserError: refuse(.badRequest("The request is not HTTP/1.1."))
        default: context.close(promise: nil)
        }
    }

    /// Answers the request that came last and ends the connection.
    func refuse(_ refusal: Refusal) {
        guard let context, !isClosing else { return }
        isClosing = true
        // Answers to pipelined requests before it are still being made: without order there is no answer at all.
        guard unanswered <= 1 else {
            context.close(promise: nil)
            return
        }
        do { try prepareAnswers() } catch {
            context.close(promise: nil)
            return
        }
        let answer = ProblemAnswer(refusal)
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        deadline = sockets.now + sockets.refusedLinger
        // The peer closes when it has read the answer; closing now could reset the answer with its unread bytes.
        context.close(mode: .output, promise: nil)
    }

    // MARK: Answers

    /// Makes the channel write answers, if it does not yet: a socket that is upgraded by its first request needs no
    /// encoder.
    func prepareAnswers() throws {
        guard encoder == nil, let context else { return }
        let encoder = HTTPResponseEncoder()
        try context.pipeline.syncOperations.addHandler(encoder, position: .first)
        self.encoder = encoder
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        deadline = sockets.now + sockets.keepAliveTimeout
        guard case .end = part, unanswered > 0 else { return }
        unanswered -= 1
        guard unanswered == 0 else { return }
        sockets.settings.census.countPending(1)
        arrival = sockets.nextArrival()
        waitingSince = sockets.now
        place.settle(isSilent: isPending)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        settle()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        settle()
        context.fireChannelWritabilityChanged()
    }

    /// Bytes of answers that the client has not read.
    var unreadBytes: Int { unread.bytes }

    /// The client does not read: what waits for it is freed at once.
    func giveUp() {
        sockets.settings.node.metrics.slowConsumerClosed()
        report(0)
        evict()
    }

    /// Learns how much of the answers the kernel has not taken.
    private func settle() {
        guard let context, context.channel.isActive else { return }
        report((try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0)
    }

    private func report(_ bytes: Int) {
        let change = unread.update(to: bytes, at: sockets.now)
        guard change != 0 else { return }
        if sockets.settings.outbound.add(change), change > 0 { sockets.settings.relief.begin() }
    }

    /// Input is not wanted while the connection only waits for its end.
    func read(context: ChannelHandlerContext) {
        if !isClosing { context.read() }
    }
}

extension Refusal {
    static let targetTooLong = Refusal(
        status: 414, code: "uri_too_long", title: "URI Too Long", sentence: "The request target is too long.")
    static let headTooLarge = Refusal(
        status: 431, code: "head_too_large", title: "Request Header Fields Too Large",
        sentence: "The request head is too large or has too many fields.")
    static let versionNotSupported = Refusal(
        status: 505, code: "http_version", title: "HTTP Version Not Supported", sentence: "This server speaks HTTP/1.1."
    )
}

extension LoopSockets {
    var requestTimeout: TimeAmount { .milliseconds(Int64(settings.configuration.handshake.timeoutMs)) }
    var keepAliveTimeout: TimeAmount { .milliseconds(Int64(settings.configuration.handshake.keepAliveMs)) }
    /// How long a refused client may keep its socket open.
    var refusedLinger: TimeAmount { .milliseconds(Int64(settings.configuration.handshake.refusedLingerMs)) }
}
