import NIOCore
import NIOPosix
import Testing

@testable import signal_node

@Suite("The health command")
struct HealthTests {
    @Test("an address is taken apart, and anything but http and https is refused")
    func addresses() {
        #expect(NodeAddress(url: "http://127.0.0.1:8787/readyz")?.port == 8787)
        #expect(NodeAddress(url: "http://[::1]:1/a?b=c")?.host == "::1")
        #expect(NodeAddress(url: "http://[::1]:1/a?b=c")?.target == "/a?b=c")
        #expect(NodeAddress(url: "http://node")?.target == "/")
        #expect(NodeAddress(url: "https://node/")?.port == 443)
        for bad in ["wss://node/", "node:8787", "http://", ""] { #expect(NodeAddress(url: bad) == nil, "\(bad)") }
    }

    @Test("only this machine is loopback, whatever a name looks like")
    func loopback() {
        for url in ["http://127.0.0.1", "http://127.9.8.7:1", "http://localhost", "http://[::1]:1"] {
            #expect(NodeAddress(url: url)?.isLoopback == true, "\(url)")
        }
        for url in ["http://127.0.0.1.example", "http://127.1", "http://128.0.0.1", "http://localhost.example"] {
            #expect(NodeAddress(url: url)?.isLoopback == false, "\(url)")
        }
    }

    @Test("the status line is read, whatever comes in pieces", arguments: [200, 503])
    func status(code: Int) async throws {
        try await withServer(answering: ["HTTP/1.1 ", "\(code) Some Reason\r\nContent-Length: 0\r\n\r\n"]) { port in
            let probe = try #require(NodeClient(url: "http://127.0.0.1:\(port)/readyz"))
            #expect(try await probe.answer(timeoutMs: 5_000).status == code)
        }
    }

    @Test("silence ends at the deadline, and a server of another kind is not taken for a healthy one")
    func failures() async throws {
        try await withServer(answering: []) { port in
            let probe = try #require(NodeClient(url: "http://127.0.0.1:\(port)/"))
            await #expect(throws: NodeClient.Failure.timeout) { try await probe.answer(timeoutMs: 50) }
        }
        try await withServer(answering: ["SSH-2.0-x\r\n"]) { port in
            let probe = try #require(NodeClient(url: "http://127.0.0.1:\(port)/"))
            await #expect(throws: NodeClient.Failure.notHTTP) { try await probe.answer(timeoutMs: 5_000) }
        }
    }

    @Test("a closed port is told apart")
    func refused() async throws {
        var port = 0
        try await withServer(answering: []) { port = $0 }
        let probe = try #require(NodeClient(url: "http://127.0.0.1:\(port)/"))
        await #expect(throws: NodeClient.Failure.unreachable) { try await probe.answer(timeoutMs: 5_000) }
    }

    /// A server that answers the first bytes of every connection with the given parts.
    private func withServer(answering parts: [String], _ body: (Int) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answer(parts)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(server.localAddress?.port ?? 0)
        } catch {
            try await server.close()
            throw error
        }
        try await server.close()
    }
}

/// Writes its parts one by one as soon as anything arrives.
private final class Answer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let parts: [String]

    init(_ parts: [String]) { self.parts = parts }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for part in parts { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: part)), promise: nil) }
    }
}
