import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// Rows 2 and 4 of security.md §4: sockets that their clients keep, whatever the node does. The clients of these tests
/// never close and, where it says so, never read.
@Suite("Held sockets", .serialized) struct HeldSocketTests {
    private static let digest = "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"

    /// Registers records whose discovery makes about 4 KB each.
    private func register(_ count: Int, at server: TestServer) async throws {
        let metadata = String(repeating: "x", count: 2_000)
        let addresses = Array(repeating: "\"" + String(repeating: "a", count: 250) + "\"", count: 8)
        for number in 0..<count {
            let body = """
                {"room":"big","peerId":"p\(number)","ttlMs":600000,"metadata":{"a":"\(metadata)"},\
                "addresses":[\(addresses.joined(separator: ","))]}
                """
            #expect(try await TestHTTP.post("/rendezvous/register", json: body, port: server.port).status == 200)
        }
    }

    /// Asks for the same large answer several times, more than the kernel's buffers take, and reads none.
    private func askAndNeverRead(_ server: TestServer) async throws -> TestConnection {
        let connection = try await TestConnection.open(port: server.port, receiveBuffer: 4_096, staysOpen: true)
        // Whom the server has cut off already has no options any more.
        try? await connection.setReading(false)
        let request = TestHTTP.bytes("GET", "/rendezvous/discover?room=big&limit=1000")
        connection.sendLater((0..<8).flatMap { _ in request })
        return connection
    }

    @Test("an address has so many HTTP sockets and no more, also while their answers are under way")
    func perAddress() async throws {
        try await TestServer.run {
            $0.rates.connectionsPerIP = 4
            $0.rates.httpConnectionsPerIP = 8
            $0.rendezvous.recordsPerAddress = 0
        } _: { server in
            try await register(300, at: server)
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            var unread: [TestConnection] = []
            var most = 0
            for _ in 0..<30 {
                unread.append(try await askAndNeverRead(server))
                most = max(most, server.server.socketCounts.open)
            }
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 8 })
            // Some more may be open for the moment in which they are accepted and closed.
            #expect(most < 20)
            for connection in unread { await connection.close() }
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            #expect(try await TestHTTP.get("/health", port: server.port).status == 200)
        }
    }

    @Test("an answer that nobody reads counts among the bytes of the node, and ends its connection in time")
    func unread() async throws {
        try await TestServer.run {
            $0.outbound.answerMs = 1_000
            $0.rendezvous.recordsPerAddress = 0
        } _: { server in
            try await register(300, at: server)
            var unread: [TestConnection] = []
            for _ in 0..<5 { unread.append(try await askAndNeverRead(server)) }
            #expect(try await TestServer.eventually { server.server.outboundBytes > 500_000 })
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            #expect(server.server.outboundBytes == 0)
            for connection in unread { await connection.close() }
        }
    }

    @Test("over the budget of the node the largest unread answer is cut off, and who reads gets all of it")
    func budget() async throws {
        try await TestServer.run {
            $0.outbound.nodeBytes = 2_097_152
            $0.outbound.queueBytes = 2_097_152
            $0.outbound.answerMs = 0
            $0.rendezvous.recordsPerAddress = 0
        } _: { server in
            try await register(300, at: server)
            var unread: [TestConnection] = []
            for _ in 0..<8 { unread.append(try await askAndNeverRead(server)) }
            #expect(
                try await TestServer.eventually {
                    server.server.outboundBytes <= 2_097_152 && server.server.socketCounts.open < 8
                })
            let page = try await TestHTTP.get("/rendezvous/discover?room=big&limit=1000", port: server.port)
            #expect(page.status == 200 && page.body.hasSuffix("}"))
            for connection in unread { await connection.close() }
            #expect(try await TestServer.eventually { server.server.outboundBytes == 0 })
        }
    }

    @Test("a discovery has so many bytes and no more, and its cookie fetches the rest")
    func pages() async throws {
        try await TestServer.run {
            $0.rendezvous.recordsPerAddress = 0
            $0.rendezvous.discoverBytes = 20_000
        } _: { server in
            try await register(40, at: server)
            var (cookie, names, pages) = ("", Set<String>(), 0)
            while pages < 50 {
                let answer = try await TestHTTP.get(
                    "/rendezvous/discover?room=big&limit=1000&cookie=\(cookie)", port: server.port)
                #expect(answer.body.utf8.count <= 20_000)
                let page = TestMessage(text: answer.body)
                let found = page.objects("peers").compactMap { $0["peerId"] }
                #expect(names.isDisjoint(with: found))
                names.formUnion(found)
                cookie = try #require(page["cookie"])
                pages += 1
                if page.flag("more") != true { break }
            }
            #expect(names.count == 40 && pages >= 10)
        }
    }

    @Test(
        "a refused client has its socket for the lingering time, however it is told",
        arguments: [[], [("closeCode", "1")]])
    func refused(_ query: [(String, String)]) async throws {
        try await TestServer.run {
            $0.access.signalTokenSHA256 = [Self.digest]
            $0.abuse.tokenFailures = 0
            $0.rates.connectionsPerIP = 4
            $0.rates.httpConnectionsPerIP = 10
            $0.handshake.refusedLingerMs = 300
            $0.handshake.timeoutMs = 120_000
            $0.liveness.closeTimeoutMs = 120_000
        } _: { server in
            var refused: [TestConnection] = []
            var most = 0
            let path = query.isEmpty ? "/signal?token=bad" : "/signal?token=bad&closeCode=1"
            for _ in 0..<80 {
                let connection = try await TestConnection.open(port: server.port, staysOpen: true)
                connection.sendLater(TestHTTP.bytes("GET", path, headers: TestPeer.upgradeHeaders))
                refused.append(connection)
                most = max(most, server.server.socketCounts.open)
            }
            #expect(most < 40)
            // The client's side stays open all the time.
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            #expect(refused.contains { $0.poll { $0.count } ?? 0 > 0 })
            // The clients learn of it a moment later than the server.
            #expect(try await TestServer.eventually { refused.allSatisfy(\.isEnded) })
            for connection in refused { await connection.close() }
        }
    }

    @Test("sockets that failed and stay open are counted for their address, and those over its limit end at once")
    func failed() async throws {
        try await TestServer.run {
            $0.rates.connectionsPerIP = 4
            $0.rates.httpConnectionsPerIP = 6
            $0.liveness.closeTimeoutMs = 120_000
        } _: { server in
            let handshake = TestHTTP.bytes("GET", "/signal?room=r", headers: TestPeer.upgradeHeaders)
            var failed: [TestConnection] = []
            for count in 1...20 {
                let connection = try await TestConnection.open(port: server.port, staysOpen: true)
                failed.append(connection)
                connection.sendLater(handshake + TestFrame.bytes(opcode: 0x3, [], key: [1, 2, 3, 4]))
                #expect(
                    try await TestServer.eventually {
                        connection.isEnded && server.node.metrics.activeConnections == 0
                    }, "\(count)")
            }
            // A handshake needs one of the places itself, so the last ones were not even heard.
            #expect(try await TestServer.eventually { server.server.socketCounts == (6, 6) })
            for connection in failed { await connection.close() }
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
        }
    }
}
