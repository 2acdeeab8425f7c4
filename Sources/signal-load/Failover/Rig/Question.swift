import NIOCore
import NIOPosix

/// One question to a server of the rig, over a connection of its own.
enum Question {
    struct Unanswered: Error {}

    /// Sends `request` and reads until `answer` is not nil.
    ///
    /// - Parameter answer: gets everything received so far, and whether that was all; called on an event loop.
    static func ask<Answer: Sendable>(
        _ address: SocketAddress, _ request: ByteBuffer, within limit: TimeAmount = .seconds(2),
        answer: @escaping @Sendable (_ received: ByteBuffer, _ isAll: Bool) throws -> Answer?
    ) async throws -> Answer {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: Answer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .connectTimeout(limit)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = AnswerHandler(request: request, promise: promise, answer: answer)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(to: address).get()
        } catch {
            promise.fail(error)
            throw error
        }
        let timeout = loop.scheduleTask(in: limit) { promise.fail(Unanswered()) }
        defer {
            timeout.cancel()
            channel.close(promise: nil)
        }
        return try await promise.futureResult.get()
    }

    static func loopback(_ port: Int) throws -> SocketAddress { try SocketAddress(ipAddress: "127.0.0.1", port: port) }

    /// The body and status of `GET path`.
    static func get(_ path: String, port: Int, within limit: TimeAmount = .seconds(1)) async throws -> HTTPText {
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        return try await ask(loopback(port), ByteBuffer(string: request), within: limit) { received, isAll in
            guard isAll else { return nil }
            return HTTPText(String(buffer: received))
        }
    }
}

/// A whole HTTP/1.1 answer, for the few questions of the rig.
struct HTTPText: Sendable {
    let status: Int
    let body: Substring

    init?(_ text: String) {
        guard let status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) }),
            let head = text.firstRange(of: "\r\n\r\n")
        else { return nil }
        self.status = status
        body = text[head.upperBound...]
    }
}

/// Confined to its channel's event loop.
private final class AnswerHandler<Answer: Sendable>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let promise: EventLoopPromise<Answer>
    private let answer: @Sendable (ByteBuffer, Bool) throws -> Answer?
    private var received = ByteBuffer()

    init(
        request: ByteBuffer, promise: EventLoopPromise<Answer>,
        answer: @escaping @Sendable (ByteBuffer, Bool) throws -> Answer?
    ) {
        (self.request, self.promise, self.answer) = (request, promise, answer)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        read(isAll: false)
    }

    func channelInactive(context: ChannelHandlerContext) {
        read(isAll: true)
        promise.fail(Question.Unanswered())
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    private func read(isAll: Bool) {
        do {
            if let result = try answer(received, isAll) { promise.succeed(result) }
        } catch {
            promise.fail(error)
        }
    }
}
