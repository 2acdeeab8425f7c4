import NIOCore

/// One connection: commands out, replies in, each reply to the command that it answers.
///
/// The last handler of its channel and confined to the channel's event loop; ``ReplyReader``, ``CommandFormatter`` and
/// ``Pipeline`` know the rules, this class moves the bytes. It ends once, for one reason, and is never used again.
final class RedisConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Completion = (Result<RESPValue, RedisError>) -> Void

    private enum Phase {
        /// Nobody listens yet: what arrives now was not asked for.
        case unattended
        case open
        case ended(RedisError)
    }

    private var phase = Phase.unattended
    private var pipeline: Pipeline<Completion>
    private var formatter = CommandFormatter()
    private let reader: ReplyReader?
    private var context: ChannelHandlerContext?
    /// Formatted commands of this turn of the event loop.
    private var outbound = ByteBuffer()
    private var isFlushScheduled = false
    private var isDeadlineWatched = false
    private var onEnd: ((RedisError) -> Void)?
    /// Takes values that answer no command, as a subscribed connection receives; an error ends the connection.
    var onUnsolicited: ((RESPValue) -> RedisError?)?
    /// When bytes came last; nil before the first ones.
    private(set) var lastRead: NIODeadline?

    init(_ configuration: RedisLinkConfiguration) {
        pipeline = Pipeline(maxBytes: configuration.maxPipelineBytes, timeout: configuration.commandTimeout)
        reader = ReplyReader(maxReplyBytes: configuration.maxReplyBytes)
    }

    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    /// Takes the connection into use. `onEnd` is called once, possibly now, after everything pending has failed.
    func attend(onEnd: @escaping (RedisError) -> Void) {
        switch phase {
        case .unattended:
            phase = .open
            self.onEnd = onEnd
        case .open: break
        case .ended(let reason): onEnd(reason)
        }
    }

    /// Sends a command; the completion is called exactly once, in the order of the commands.
    func send(_ command: RedisCommand, completion: @escaping Completion) {
        guard isOpen, let context else { return completion(.failure(.notConnected)) }
        let byteCount = command.byteCount
        guard pipeline.admits(byteCount), formatter.append(command, to: &outbound) else {
            return completion(.failure(.pipelineFull))
        }
        pipeline.append(completion, byteCount: byteCount, now: context.eventLoop.now)
        scheduleFlush(context)
        watchDeadline(context)
    }

    /// Sends a command whose answers are unsolicited values.
    func post(_ command: RedisCommand) {
        guard isOpen, let context, formatter.append(command, to: &outbound) else { return }
        scheduleFlush(context)
    }

    /// Ends the connection and fails what is pending: with `.closed` for that reason, else with `.connectionLost`.
    func end(_ reason: RedisError) {
        end(reason, first: nil)
    }

    /// `first` is a command that left the pipeline and has an error of its own.
    private func end(_ reason: RedisError, first: (completion: Completion, error: RedisError)?) {
        if case .ended = phase { return }
        phase = .ended(reason)
        let rest = pipeline.removeAll()
        let report = onEnd
        onEnd = nil
        onUnsolicited = nil
        context?.close(promise: nil)
        if let first { first.completion(.failure(first.error)) }
        for completion in rest {
            completion(.failure(reason == .closed ? .closed : .connectionLost))
        }
        report?(reason)
    }
}

/// The channel's side.
extension RedisConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end(.connectionLost)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.connectionLost)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(lastRead == nil ? .connectFailed("\(error)") : .connectionLost)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let reader else { return end(.protocolViolation("no memory for a reader")) }
        lastRead = context.eventLoop.now
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data))
            while !isEnded, let value = try reader.next() {
                receive(value)
            }
        } catch {
            end(error)
        }
    }

    private var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    private func receive(_ value: RESPValue) {
        guard let completion = pipeline.popFirst() else {
            let listener = onUnsolicited ?? { _ in .protocolViolation("a reply that answers no command") }
            if let error = listener(value) { end(error) }
            return
        }
        guard case .error(let error) = value else { return completion(.success(value)) }
        if error.code.endsConnection {
            end(.server(error), first: (completion, .server(error)))
        } else {
            completion(.failure(.server(error)))
        }
    }
}

/// What waits: the end of the turn, and the deadline of the first command.
extension RedisConnection {
    /// One flush for all commands of this turn, so that a burst is one system call.
    private func scheduleFlush(_ context: ChannelHandlerContext) {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        guard isOpen, let context else { return }
        let bytes = outbound
        outbound = context.channel.allocator.buffer(capacity: 0)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// One timer for all commands: it looks at the first one and is set again while there is one.
    private func watchDeadline(_ context: ChannelHandlerContext) {
        guard !isDeadlineWatched, let deadline = pipeline.deadline else { return }
        isDeadlineWatched = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.checkDeadline() }
    }

    /// A late reply must not be taken for that of another command: a missed deadline ends the connection.
    private func checkDeadline() {
        isDeadlineWatched = false
        guard isOpen, let context else { return }
        if pipeline.isOverdue(now: context.eventLoop.now), let first = pipeline.popFirst() {
            end(.timedOut, first: (first, .timedOut))
        } else {
            watchDeadline(context)
        }
    }
}
