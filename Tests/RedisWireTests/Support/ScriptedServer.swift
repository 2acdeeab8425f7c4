import NIOCore
import NIOPosix

/// A server that answers the n-th read of the n-th connection with scripted bytes: what no honest Redis does.
struct ScriptedServer: Sendable {
    enum Answer: Sendable {
        case nothing
        case text(String)
        /// The text, then the end of the connection.
        case last(String)
        /// The text, then the filling over and over while the client takes it.
        case endless(String, filling: String)
    }

    /// Both numbers start at 0.
    typealias Script = @Sendable (_ connection: Int, _ read: Int) -> Answer

    let port: Int
    private let channel: any Channel

    var url: String { "redis://127.0.0.1:\(port)" }

    /// Runs a server for the time of the body.
    static func run(_ script: @escaping Script, _ body: (ScriptedServer) async throws -> Void) async throws {
        let connections = Journal<Void>()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(())
                    let number = connections.count - 1
                    try channel.pipeline.syncOperations.addHandler(ScriptedHandler { script(number, $0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(port: channel.localAddress?.port ?? 0, channel: channel)
        do {
            try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: (Int) -> ScriptedServer.Answer
    private var reads = 0

    init(_ script: @escaping (Int) -> ScriptedServer.Answer) {
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        defer { reads += 1 }
        switch script(reads) {
        case .nothing: break
        case .text(let text): write(text, context)
        case .last(let text):
            write(text, context)
            context.close(promise: nil)
        case .endless(let text, let filling):
            write(text, context)
            pour(ByteBuffer(string: filling), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// The next filling is written when the one before it has left, until the client hangs up.
    private func pour(_ filling: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(filling)).assumeIsolated().whenSuccess {
            self.pour(filling, context)
        }
    }
}
