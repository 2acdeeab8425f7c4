import Foundation
import NIOCore
import NIOPosix

@testable import signal_load

/// A real redis-server on a free port.
struct RedisServer: Sendable {
    let port: Int

    static func running<Result>(_ body: (RedisServer) async throws -> Result) async throws -> Result {
        let probe = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let server = RedisServer(port: probe.localAddress?.port ?? 0)
        try await probe.close()

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["redis-server", "--port", "\(server.port)", "--bind", "127.0.0.1", "--save", ""]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            // A child inherits the blocked signals of the thread that starts it, so SIGTERM may never arrive.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        return try await body(server)
    }

    /// Waits until the server answers.
    func statistics() async throws -> RedisStatistics {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try await RedisStatistics(
                    connectingTo: address, on: MultiThreadedEventLoopGroup.singleton.next())
            } catch  where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Sends `count` inline PINGs and waits for every reply.
    func ping(_ count: Int) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: String(repeating: "PING\r\n", count: count)))
            var received = 0
            for try await bytes in inbound {
                received += bytes.readableBytes
                if received == count * RedisServer.pong.utf8.count { return }
            }
        }
    }

    static let pong = "+PONG\r\n"
}
