import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// What happens on the wire once both sides have said that they close (RFC 6455 §7.1.1).
@Suite("Closing handshake") struct ClosingTests {
    @Test("with both close frames there, the socket ends although the peer keeps its half open")
    func endsAtOnce() async throws {
        try await TestServer.run {
            $0.liveness.closeTimeoutMs = 600_000
        } _: { server in
            let connection = try await TestConnection.open(port: server.port, staysOpen: true)
            let peer = try await upgrade(connection)
            try await peer.close(code: 1000)
            #expect(try await peer.expectClose().code == 1000)
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            await connection.close()
        }
    }

    @Test("what a peer sends behind its close frame does not tear the connection before the answer is read")
    func dropsWhatFollows() async throws {
        try await TestServer.run { server in
            for _ in 0..<20 {
                let connection = try await TestConnection.open(port: server.port)
                let peer = try await upgrade(connection)
                let rest = [UInt8](repeating: 0x81, count: 100_000)
                try await peer.sendRaw(TestFrame.close(code: 1000) + rest)
                #expect(try await peer.expectClose().code == 1000)
                #expect(try await connection.ends())
                #expect(!connection.wasReset)
            }
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
        }
    }

    /// A WebSocket of a peer that says nothing by itself.
    private func upgrade(_ connection: TestConnection) async throws -> TestPeer {
        try await connection.send(TestHTTP.bytes("GET", "/signal?room=r", headers: TestPeer.upgradeHeaders))
        let peer = try await TestPeer.upgraded(connection, manners: .init(answersClose: false))
        _ = try await peer.next(type: "welcome")
        return peer
    }
}
