import NIOCore
import SignalDomain
import SignalNode
import SignalTestKit
import Testing

@testable import SignalTransport

/// The way from a TCP connection to a WebSocket, over real sockets.
@Suite("Handshake") struct HandshakeTests {
    @Test("a correct handshake is answered as RFC 6455 computes it, and welcome comes first")
    func upgrades() async throws {
        try await TestServer.run { server in
            let peer = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", peerID: "anna",
                headers: [
                    ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "bs.bearer.dHdv"),
                ])
            #expect(peer.handshake.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(peer.handshake.header("sec-websocket-extensions") == nil)
            #expect(peer.handshake.header("sec-websocket-protocol") == nil)
            let welcome = try await peer.next()
            #expect(welcome.type == "welcome")
            #expect(welcome["peerId"] == "anna")
        }
    }

    @Test("frames in the same packet as the handshake are processed after welcome")
    func keepsEarlyBytes() async throws {
        try await TestServer.run { server in
            let early = TestFrame.text(#"{"type":"heartbeat"}"#) + TestFrame.bytes(opcode: 9, [7])
            let peer = try await TestPeer.connect(port: server.port, room: "r", firstBytes: early)
            #expect(try await peer.next().type == "welcome")
            #expect(try await peer.next().type == "heartbeat-ack")
            #expect(try await peer.nextPong() == [7])
        }
    }

    @Test("a handshake may arrive byte by byte")
    func takesDrops() async throws {
        try await TestServer.run {
            $0.handshake.timeoutMs = 60_000
        } _: { server in
            let connection = try await TestConnection.open(port: server.port)
            let bytes = TestHTTP.bytes("GET", "/signal", headers: TestPeer.upgradeHeaders)
            for byte in bytes + TestFrame.text(#"{"type":"heartbeat"}"#) { try await connection.send([byte]) }
            let peer = try await TestPeer.upgraded(connection)
            #expect(try await peer.next(type: "heartbeat-ack").type == "heartbeat-ack")
        }
    }

    @Test("a kept-alive connection that has fetched a page can still become a WebSocket")
    func upgradesAfterHTTP() async throws {
        try await TestServer.run { server in
            let connection = try await TestConnection.open(port: server.port)
            try await connection.send(TestHTTP.bytes("GET", "/health"))
            #expect(try await TestHTTP.read(from: connection).status == 200)
            try await connection.send(TestHTTP.bytes("GET", "/signal?peerId=p", headers: TestPeer.upgradeHeaders))
            let peer = try await TestPeer.upgraded(connection)
            #expect(try await peer.next()["peerId"] == "p")
            try await peer.send(#"{"type":"heartbeat"}"#)
            #expect(try await peer.next().type == "heartbeat-ack")
            try await peer.close()
            #expect(try await peer.expectClose().code == 1000)
            #expect(try await connection.ends())
        }
    }

    @Test("a handshake behind unanswered requests waits for its turn")
    func upgradesPipelined() async throws {
        try await TestServer.run { server in
            let connection = try await TestConnection.open(port: server.port)
            let pages = TestHTTP.bytes("GET", "/health") + TestHTTP.bytes("GET", "/livez")
            let upgrade = TestHTTP.bytes("GET", "/signal", headers: TestPeer.upgradeHeaders)
            try await connection.send(pages + upgrade + TestFrame.text(#"{"type":"heartbeat"}"#))
            #expect(try await TestHTTP.read(from: connection).body.contains("\"ok\":true"))
            #expect(try await TestHTTP.read(from: connection).body == "ok\n")
            let peer = try await TestPeer.upgraded(connection)
            #expect(try await peer.next().type == "welcome")
            #expect(try await peer.next().type == "heartbeat-ack")
        }
    }

    @Test("a refusal is a problem document before the upgrade, and the connection ends")
    func refuses() async throws {
        try await TestServer.run { server in
            let connection = try await TestConnection.open(port: server.port)
            let target = "/signal?peerId=" + String(repeating: "x", count: 129)
            try await connection.send(TestHTTP.bytes("GET", target, headers: TestPeer.upgradeHeaders))
            let answer = try await TestHTTP.read(from: connection)
            #expect(answer.status == 400)
            #expect(answer.header("content-type") == "application/problem+json")
            #expect(answer.header("connection") == "close")
            #expect(answer.body.contains("\"code\":\"invalid_peer_id\""))
            #expect(try await connection.ends())
        }
    }

    @Test("a wrong token is refused with 401, and gives its slot back")
    func refusesToken() async throws {
        let digest = "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"
        try await TestServer.run {
            $0.access.signalTokenSHA256 = [digest]
            $0.rates.connectionsPerIP = 2
        } _: { server in
            for _ in 0..<5 {
                let refused = await #expect(throws: TestPeer.Refused.self) {
                    try await TestPeer.connect(port: server.port, query: [("token", "wrong")])
                }
                #expect(refused?.status == 401)
                #expect(refused?.header("www-authenticate")?.hasPrefix("Bearer") == true)
            }
            let byHeader = try await TestPeer.connect(
                port: server.port, headers: [("Authorization", "Bearer dev-token")])
            #expect(try await byHeader.next().type == "welcome")
            let byProtocol = try await TestPeer.connect(
                port: server.port, headers: [("Sec-WebSocket-Protocol", "bs.bearer.ZGV2LXRva2Vu")])
            #expect(try await byProtocol.next().type == "welcome")
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: server.port, query: [("token", "dev-token")])
            }
            #expect(refused?.status == 429)
            #expect(refused?.header("retry-after") != nil)
        }
    }

    @Test("?closeCode=1 turns a refusal into a close code, but never a 429")
    func refusesByCloseCode() async throws {
        try await TestServer.run {
            $0.access.signalTokenSHA256 = [String(repeating: "0", count: 64)]
        } _: { server in
            let peer = try await TestPeer.connect(port: server.port, query: [("closeCode", "1")])
            #expect(try await peer.expectClose() == TestClose(code: 4401, reason: "unauthorized"))
            #expect(try await peer.connection.ends())
            #expect(server.node.metrics.activeConnections == 0)
        }
        try await TestServer.run {
            $0.rates.connectionsPerIP = 1
        } _: { server in
            let first = try await server.join()
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await TestPeer.connect(port: server.port, query: [("closeCode", "1")])
            }
            #expect(refused?.status == 429)
            await first.drop()
        }
    }

    @Test("/signal without an upgrade says 426 and what to do")
    func explainsPlainRequests() async throws {
        try await TestServer.run { server in
            let answer = try await TestHTTP.get("/signal", port: server.port)
            #expect(answer.status == 426)
            #expect(answer.header("upgrade") == "websocket")
            #expect(answer.header("sec-websocket-version") == "13")
            let old = TestPeer.upgradeHeaders.map { $0.0 == "Sec-WebSocket-Version" ? ($0.0, "8") : $0 }
            let connection = try await TestConnection.open(port: server.port)
            try await connection.send(TestHTTP.bytes("GET", "/signal", headers: old))
            let refusal = try await TestHTTP.read(from: connection)
            #expect(refusal.status == 426)
            #expect(refusal.header("sec-websocket-version") == "13")
        }
    }

    @Test(
        "requests that are none are refused with a clean status, and the server goes on",
        arguments: [
            ("GET //x HTTP/1.1\r\nHost: a\r\n\r\n", 404), ("GET /x HTTP/1.1\r\nHost: [\r\n\r\n", 404),
            ("GET /bootstrap HTTP/1.1\r\nHost: [\r\n\r\n", 400), ("GET /bootstrap HTTP/1.1\r\n\r\n", 400),
            ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("garbage\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\r\n\r\n", 400),
            ("GET / HTTP/3.7\r\n\r\n", 505), ("GET /signal HTTP/1.1\r\nHost: [\r\nUpgrade: websocket\r\n\r\n", 426),
            ("GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n", 200),
            ("GET /" + String(repeating: "x", count: 4_097) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 17_000) + "\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n", 431),
            ("GET /health HTTP/1.0\r\n\r\n", 200), ("BREW /health HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /%00%ff/..//health HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ])
    func answersGarbage(_ request: String, _ status: Int) async throws {
        try await TestServer.run { server in
            let answer = try await TestHTTP.raw(request, port: server.port)
            #expect(answer.status == status)
            if status >= 400 { #expect(answer.header("content-type") == "application/problem+json") }
            #expect(try await TestHTTP.get("/health", port: server.port).status == 200)
        }
    }

    @Test("a connection that does not finish its request head in time is closed, others are not")
    func closesSlowHeads() async throws {
        try await TestServer.run {
            $0.handshake.timeoutMs = 200
        } _: { server in
            let silent = try await TestConnection.open(port: server.port)
            let half = try await TestConnection.open(port: server.port)
            try await half.send(Array("GET /signal HTTP/1.1\r\nHost: a\r\n".utf8))
            let body = try await TestConnection.open(port: server.port)
            try await body.send(
                Array("POST /rendezvous/register HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{".utf8))
            let peer = try await server.join()
            #expect(try await silent.ends())
            #expect(try await half.ends())
            #expect(try await body.ends())
            try await peer.send(#"{"type":"heartbeat"}"#)
            #expect(try await peer.next().type == "heartbeat-ack")
        }
    }

    @Test("when too many connections have said nothing, the oldest make room for new ones")
    func evictsOldestPending() async throws {
        try await TestServer.run(loops: 1) {
            $0.handshake.maxPending = 5
        } _: { server in
            var idle: [TestConnection] = []
            for _ in 0..<10 { idle.append(try await TestConnection.open(port: server.port)) }
            let peer = try await server.join()
            #expect(try await idle[0].ends())
            #expect(try await TestServer.eventually { server.server.socketCounts.open <= 6 })
            try await peer.send(#"{"type":"heartbeat"}"#)
            #expect(try await peer.next().type == "heartbeat-ack")
        }
    }
}
