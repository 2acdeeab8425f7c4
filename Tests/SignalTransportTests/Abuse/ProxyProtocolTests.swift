import SignalDomain
import SignalTestKit
import Testing

@testable import SignalNode

/// Clients behind a TCP proxy that speaks the PROXY protocol.
@Suite("PROXY protocol", .serialized) struct ProxyProtocolTests {
    private static let upgrade = TestHTTP.bytes("GET", "/signal?room=r", headers: TestPeer.upgradeHeaders)

    private func listening(
        _ configure: @escaping (inout NodeConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(
            {
                $0.abuse.proxyProtocol = "v2"
                $0.access.trustedProxyCIDRs = ["127.0.0.0/8"]
                $0.rates.connectionsPerIP = 1
                configure(&$0)
            }, body)
    }

    private func connect(_ server: TestServer, _ header: [UInt8], headers: [(String, String)] = []) async throws
        -> TestPeer
    {
        let connection = try await TestConnection.open(port: server.port)
        // One byte at a time, as the network may bring it.
        for byte in header.prefix(20) { try await connection.send([byte]) }
        let request = TestHTTP.bytes("GET", "/signal?room=r", headers: TestPeer.upgradeHeaders + headers)
        try await connection.send(Array(header.dropFirst(20)) + request)
        return try await TestPeer.upgraded(connection)
    }

    @Test("the limits of an address count whom the header names, on sockets and on HTTP")
    func names() async throws {
        try await listening { server in
            let header = ProxyHeaderTests.header(0x11, ProxyHeaderTests.tcp4 + ProxyHeaderTests.extensions)
            let first = try await connect(server, header)
            await #expect(throws: TestPeer.Refused.self) { try await connect(server, header) }
            let other = try await connect(server, ProxyHeaderTests.header(0x21, ProxyHeaderTests.tcp6))
            let named = try #require(ClientAddress("192.0.2.7"))
            #expect(server.node.addresses.connections(of: AddressKey(named)) == 1)
            // A proxy that is trusted itself may also write the header of the request.
            let local = try await connect(
                server, ProxyHeaderTests.header(0x00, [], kind: 0x20), headers: [("X-Forwarded-For", "192.0.2.9")])
            let behind = try #require(ClientAddress("192.0.2.9"))
            #expect(server.node.addresses.connections(of: AddressKey(behind)) == 1)
            for peer in [first, other, local] { try await peer.close() }
        }
    }

    @Test("the routes know whom the header names, and a client cannot write that name itself")
    func routes() async throws {
        try await listening { server in
            server.node.use(blockRules: try BlockRules(parsing: "ip 192.0.2.7"))
            for (header, status) in [
                (ProxyHeaderTests.header(0x11, ProxyHeaderTests.tcp4), 403),
                (ProxyHeaderTests.header(0x21, ProxyHeaderTests.tcp6), 200),
            ] {
                let connection = try await TestConnection.open(port: server.port)
                try await connection.send(
                    header
                        + TestHTTP.bytes(
                            "GET", "/health",
                            headers: [
                                ("X-BS-Peer", status == 403 ? "192.0.2.8" : "192.0.2.7"), ("Connection", "close"),
                            ]))
                #expect(try await TestHTTP.read(from: connection).status == status)
                await connection.close()
            }
        }
    }

    @Test("a connection without a header, or with a broken one, ends without an answer")
    func refuses() async throws {
        try await listening { server in
            for bytes in [
                Self.upgrade, Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8) + Self.upgrade,
                ProxyHeaderTests.header(0x11, [], length: 65_535),
            ] {
                let connection = try await TestConnection.open(port: server.port)
                try await connection.send(bytes)
                #expect(try await connection.ends())
                #expect(connection.poll { $0.isEmpty ? nil : $0.count } == nil)
            }
        }
    }

    @Test("half a header ends with the time of a request head")
    func slow() async throws {
        try await listening {
            $0.handshake.timeoutMs = 200
        } _: { server in
            let connection = try await TestConnection.open(port: server.port)
            try await connection.send(ProxyHeaderTests.header(0x11, ProxyHeaderTests.tcp4).prefix(20))
            #expect(try await connection.ends())
        }
    }

    @Test("a header of somebody who is no trusted proxy is not even read")
    func untrusted() async throws {
        try await listening {
            $0.access.trustedProxyCIDRs = ["10.0.0.0/8"]
        } _: { server in
            let connection = try await TestConnection.open(port: server.port)
            try? await connection.send(ProxyHeaderTests.header(0x11, ProxyHeaderTests.tcp4) + Self.upgrade)
            #expect(try await connection.ends())
            #expect(connection.poll { $0.isEmpty ? nil : $0.count } == nil)
        }
    }
}
