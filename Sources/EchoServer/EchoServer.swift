import ArgumentParser
import NIOCore
import NIOPosix
import SignalTransport

/// An echo server on the sockets of a signaling node, for WebSocket test suites such as Autobahn's.
@main
struct EchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Echoes every WebSocket message at ws://HOST:PORT/signal until it is stopped.")

    @Option(help: "The address to bind.")
    var host = "127.0.0.1"

    @Option(help: "The TCP port; 0 lets the system choose.")
    var port = 9_001

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let listener = try await EchoListener(host: host, port: port, group: group)
        print("echo at ws://\(host):\(listener.server.localAddress?.port ?? port)/signal")
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3_600)) }
    }
}
