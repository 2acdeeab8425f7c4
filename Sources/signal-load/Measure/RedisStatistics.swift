import NIOCore
import NIOPosix

/// What Redis has done since it started, without what asking for it cost.
struct RedisCounters: Sendable, Equatable {
    /// Calls of `INFO commandstats`, inside scripts too, except `INFO` itself.
    var commands: Int
    /// `total_net_input_bytes + total_net_output_bytes`.
    var bytes: Int

    init(commands: Int, bytes: Int) {
        (self.commands, self.bytes) = (commands, bytes)
    }

    /// Reads the sections `commandstats` and `stats`; nil when a field is missing.
    init?(commandStats: String, stats: String) {
        let calls = commandStats.split(whereSeparator: \.isNewline).compactMap { line -> Int? in
            // cmdstat_publish:calls=3,usec=…
            guard line.hasPrefix("cmdstat_"), !line.hasPrefix("cmdstat_info:"),
                let field = line.split(separator: ":").last?.split(separator: ",").first, field.hasPrefix("calls=")
            else { return nil }
            return Int(field.dropFirst("calls=".count))
        }
        func field(_ name: String) -> Int? {
            stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
                .flatMap { Int($0.dropFirst(name.count + 1)) }
        }
        guard let input = field("total_net_input_bytes"), let output = field("total_net_output_bytes") else {
            return nil
        }
        self.init(commands: calls.reduce(0, +), bytes: input + output)
    }
}

/// One connection to Redis that only ever asks `INFO`.
struct RedisStatistics: Sendable {
    let address: SocketAddress
    private let handler: NIOLoopBound<InfoHandler>
    private let loop: any EventLoop

    init(connectingTo address: SocketAddress, on loop: any EventLoop) async throws {
        (self.address, self.loop) = (address, loop)
        let handler = try await loop.submit { NIOLoopBound(InfoHandler(loop: loop), eventLoop: loop) }.get()
        self.handler = handler
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(2))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
        do {
            _ = try await bootstrap.connect(to: address).get()
        } catch {
            throw RedisUnreadable(reason: "\(address) does not answer: \(error)")
        }
    }

    func counters() async throws -> RedisCounters {
        let commandStats = try await info("commandstats")
        let ownBytes = try await loop.submit { handler.value.bytes }.get()
        let stats = try await info("stats")
        guard var counters = RedisCounters(commandStats: commandStats, stats: stats) else {
            throw RedisUnreadable(reason: "INFO misses the byte counters")
        }
        // Redis has read this last request when it counts, but not yet written its reply.
        counters.bytes -= ownBytes + InfoHandler.request("stats").readableBytes
        return counters
    }

    private func info(_ section: String) async throws -> String {
        switch try await loop.flatSubmit({ handler.value.ask(section) }).get() {
        case .bulk(let text): return text
        case .error(let text): throw RedisUnreadable(reason: text)
        }
    }
}

struct RedisUnreadable: Error, CustomStringConvertible {
    let reason: String
    var description: String { "Redis does not tell its statistics: \(reason)" }
}

/// One question at a time. Confined to its channel's event loop.
private final class InfoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What this connection has sent and received.
    private(set) var bytes = 0
    private var waiting: EventLoopPromise<RedisReply>?
    private var inbound = ByteBuffer()
    private var context: ChannelHandlerContext?
    private let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    static func request(_ section: String) -> ByteBuffer {
        ByteBuffer(string: "*2\r\n$4\r\nINFO\r\n$\(section.utf8.count)\r\n\(section)\r\n")
    }

    func ask(_ section: String) -> EventLoopFuture<RedisReply> {
        let promise = loop.makePromise(of: RedisReply.self)
        guard let context, context.channel.isActive else {
            promise.fail(RedisUnreadable(reason: "the connection is closed"))
            return promise.futureResult
        }
        waiting = promise
        let request = InfoHandler.request(section)
        bytes += request.readableBytes
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return promise.futureResult
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var received = unwrapInboundIn(data)
        bytes += received.readableBytes
        inbound.writeBuffer(&received)
        do {
            guard let reply = try inbound.readRedisReply() else { return }
            inbound.discardReadBytes()
            waiting.take()?.succeed(reply)
        } catch {
            waiting.take()?.fail(RedisUnreadable(reason: "an unexpected reply"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        waiting.take()?.fail(RedisUnreadable(reason: "the connection is closed"))
    }
}
