import Backplane
import Foundation
import Logging
import NIOCore
import NIOPosix
import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Synchronization

/// A node on an embedded backplane behind a real listener on a free port, for one test.
struct TestServer: Sendable {
    /// The wall clock of a node, which a test can put forward.
    final class Wall: Sendable {
        private let ahead = Atomic<Int64>(0)

        var micros: Int64 {
            Int64(Date().timeIntervalSince1970 * 1_000_000) + ahead.load(ordering: .sequentiallyConsistent)
        }

        func advance(seconds: Int64) { ahead.wrappingAdd(seconds * 1_000_000, ordering: .sequentiallyConsistent) }
    }

    let node: Node
    let server: SignalServer
    let port: Int
    let wall: Wall
    let commands: CommandLog

    /// Runs `body` against a fresh server and ends it afterwards, also when `body` throws.
    ///
    /// Rates are off unless `configure` sets them: all clients of a test share one address.
    static func run(
        loops: Int = 2, _ configure: (inout NodeConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = NodeConfiguration()
        configuration.nodeName = "test-node"
        configuration.listener.host = "127.0.0.1"
        configuration.listener.port = 0
        configuration.rates.connectionsPerIP = 0
        configuration.rates.messagesPerMinute = 0
        configuration.messages.duplicatePayloadLimit = 0
        configure(&configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let wall = Wall()
        let commands = CommandLog()
        let node = try await makeNode(configuration, on: group, wall: wall, commands: commands)
        let server = SignalServer(
            node: node, group: group,
            metricsPage: { accept in ("text/plain; version=0.0.4", "accept \(accept ?? "-")\n") },
            logger: Logger(label: "test"))
        do {
            try await server.start()
            try await body(
                TestServer(
                    node: node, server: server, port: server.localAddress?.port ?? 0, wall: wall, commands: commands))
        } catch {
            await server.shutdown()
            try await group.shutdownGracefully()
            throw error
        }
        await server.shutdown()
        try await group.shutdownGracefully()
    }

    static func makeNode(
        _ configuration: NodeConfiguration, on group: MultiThreadedEventLoopGroup, wall: Wall = Wall(),
        commands: CommandLog = CommandLog()
    ) async throws -> Node {
        let loops = Array(group.makeIterator())
        let loop = loops[0]
        let hub = InMemoryHub(bounds: configuration.rendezvous.bounds, wallMicros: { wall.micros })
        let clock = NodeClock(
            monotonicMs: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) },
            wall: { Timestamp(milliseconds: wall.micros / 1_000) })
        let node = try await loop.submit {
            Node(
                configuration: configuration,
                backplanes: [
                    .init(
                        name: "embedded",
                        backplane: LoggedBackplane(InMemoryBackplane(hub: hub, loop: loop), in: commands))
                ],
                isShared: false,
                loops: loops, clock: clock, logger: Logger(label: "test"), version: "test")
        }.get()
        node.start()
        return node
    }

    /// Polls until `condition` holds; false when it does not in time.
    static func eventually(
        within limit: Duration = .seconds(30), _ condition: () async -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if await condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return await condition()
    }

    func join(
        _ room: String = "r", peerID: String? = nil, receiveBuffer: Int? = nil,
        manners: TestPeer.Manners = TestPeer.Manners()
    ) async throws -> TestPeer {
        let peer = try await TestPeer.connect(
            port: port, room: room, peerID: peerID, receiveBuffer: receiveBuffer, manners: manners)
        _ = try await peer.next(type: "welcome")
        return peer
    }
}
