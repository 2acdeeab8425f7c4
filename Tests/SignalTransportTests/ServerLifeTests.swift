import Logging
import NIOPosix
import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// The listener: many sockets, its limits, its end.
@Suite("Life of a server") struct ServerLifeTests {
    @Test("a thousand clients that close, in all ways, leave no socket and no session")
    func forgetsClients() async throws {
        try await TestServer.run { server in
            var peers: [TestPeer] = []
            for _ in 0..<1_000 { peers.append(try await TestPeer.connect(port: server.port)) }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 1_000 })
            #expect(server.server.socketCounts.signal == 1_000)
            for (index, peer) in peers.enumerated() {
                if index % 2 == 0 { try await peer.close() } else { await peer.drop() }
            }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 0 })
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
        }
    }

    @Test("shutdown closes live clients with 1001 and returns in bounds, whatever they do")
    func shutsDown() async throws {
        try await TestServer.run {
            $0.liveness.closeTimeoutMs = 300
        } _: { server in
            let polite = try await server.join()
            let deaf = try await server.join(manners: .init(answersClose: false))
            let idle = try await TestConnection.open(port: server.port)
            let started = ContinuousClock.now
            await server.server.shutdown()
            #expect(ContinuousClock.now - started < .seconds(8))
            #expect(try await polite.expectClose() == TestClose(code: 1001, reason: "draining"))
            #expect(try await deaf.expectClose().code == 1001)
            #expect(try await idle.ends())
            #expect(server.server.socketCounts.open == 0)
            await #expect(throws: (any Error).self) { try await TestConnection.open(port: server.port) }
        }
    }

    @Test("a busy port is named together with the setting that helps")
    func namesBusyPort() async throws {
        try await TestServer.run { server in
            var configuration = NodeConfiguration()
            configuration.listener.host = "127.0.0.1"
            configuration.listener.port = server.port
            let group = MultiThreadedEventLoopGroup.singleton
            let second = SignalServer(
                node: try await TestServer.makeNode(configuration, on: group), group: group,
                metricsPage: { _ in ("", "") }, logger: Logger(label: "test"))
            let error = await #expect(throws: ListenError.self) { try await second.start() }
            let text = "\(try #require(error))"
            #expect(text.contains("127.0.0.1") && text.contains("\(server.port)") && text.contains("PORT"))
        }
    }

    @Test("at the limit of sockets, new clients wait until one goes")
    func boundsSockets() async throws {
        try await TestServer.run(loops: 1) {
            $0.listener.maxSockets = 3
        } _: { server in
            var peers: [TestPeer] = []
            for _ in 0..<3 { peers.append(try await server.join()) }
            let waiting = try await TestConnection.open(port: server.port)
            try await waiting.send(TestHTTP.bytes("GET", "/livez"))
            await #expect(throws: TestConnection.TimedOut.self) {
                try await TestHTTP.read(from: waiting, timeout: .milliseconds(200))
            }
            await peers[0].drop()
            #expect(try await TestHTTP.read(from: waiting).status == 200)
        }
    }
}
