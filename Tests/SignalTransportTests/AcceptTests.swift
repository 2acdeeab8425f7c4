import Foundation
import NIOCore
import NIOEmbedded
import SignalTestKit
import Testing

@testable import SignalTransport

/// What the listener gives to the sockets it accepts, and when it takes none.
@Suite("Accepting") struct AcceptTests {
    @Test("accepted sockets send at once what they have (TCP_NODELAY, inherited from NIO's listener)")
    func inheritsNoDelay() async throws {
        try await TestServer.run { server in
            let connection = try await TestConnection.open(port: server.port)
            try await connection.send(TestHTTP.bytes("GET", "/health"))
            #expect(try await TestHTTP.read(from: connection).status == 200)
            let client = try #require(connection.localPort)
            let sockets = (0..<1_024).filter { descriptor in
                port(of: descriptor, getsockname) == server.port && port(of: descriptor, getpeername) == client
            }
            let socket = try #require(sockets.first)
            var isOn: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            #expect(getsockopt(CInt(socket), CInt(IPPROTO_TCP), TCP_NODELAY, &isOn, &size) == 0)
            #expect(isOn != 0)
            await connection.close()
        }
    }

    @Test("a gate that waits for its bucket looks again after 10 ms, not after each token")
    func gathersWhoWaits() async throws {
        let perSecond = 1_000
        let gate = AcceptGate(census: SocketCensus(), limit: 1_000_000, perSecond: perSecond)
        let reads = ReadCounter()
        let channel = EmbeddedChannel(handlers: [reads, gate])
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
        reads.count = 0
        for _ in 0..<(perSecond + perSecond / 10) { channel.pipeline.fireChannelRead(channel as any Channel) }
        channel.read()
        try #require(reads.count == 0)
        // The bucket has tokens for all of them by now.
        try await Task.sleep(for: .milliseconds(200))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9))
        #expect(reads.count == 0)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == 1)
        _ = try channel.finish()
    }

    private func port(
        of descriptor: Int, _ name: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> Int? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let answer = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(CInt(descriptor), $0, &size) }
        }
        guard answer == 0, address.sin_family == AF_INET else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never
    var count = 0
    func read(context: ChannelHandlerContext) { count += 1 }
}
