import NIOCore
import NIOPosix
import Testing

@testable import signal_load

@Suite("Redis alone")
struct RedisFloorTests {
    @Test("is timed from one connection to another")
    func latency() async throws {
        try await RedisServer.running { redis in
            _ = try await redis.statistics()
            let latency = try await floor(port: redis.port)
            #expect(latency.count > 0)
            #expect(try #require(latency.percentile(0.5)) > 0)
        }
    }

    @Test("is not taken from a server that is none")
    func foreign() async throws {
        try await TestRelay.serving { relay in
            _ = await #expect(throws: RedisUnreadable.self) { _ = try await floor(port: relay.port) }
        }
    }

    @Test("is read however the bytes are cut, and from nothing else")
    func wire() throws {
        let wire = FloorWire(channel: "c", payloadBytes: 20)
        #expect(
            String(buffer: wire.publish(due: 255))
                == "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$20\r\n00000000000000ffxxxx\r\n")
        let message = Array("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$20\r\n00000000000000ffxxxx\r\n".utf8)
        for cut in 0..<message.count {
            var buffer = ByteBuffer(bytes: message[..<cut])
            #expect(try wire.readMessage(from: &buffer, head: wire.messageHead) == nil)
            buffer.writeBytes(message[cut...])
            #expect(try wire.readMessage(from: &buffer, head: wire.messageHead) == 255)
            #expect(buffer.readableBytes == 0)
        }
        var other = ByteBuffer(bytes: Array("-ERR".utf8) + message)
        #expect(throws: RedisReplyError.self) { try wire.readMessage(from: &other, head: wire.messageHead) }
    }

    private func floor(port: Int) async throws -> Histogram {
        let settings = try Suite.brief([Endpoint("ws://127.0.0.1:1/")]).settings
        return try await RedisFloorRun(
            address: SocketAddress(ipAddress: "127.0.0.1", port: port), settings: settings,
            loop: MultiThreadedEventLoopGroup.singleton.next()
        ).run()
    }
}
