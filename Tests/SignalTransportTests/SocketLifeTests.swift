import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// How a WebSocket lives and ends, over real sockets.
@Suite("Life of a socket") struct SocketLifeTests {
    @Test("messages reach the other peers of the room on every event loop, in order")
    func relays() async throws {
        try await TestServer.run { server in
            let anna = try await server.join("a", peerID: "anna")
            var others: [TestPeer] = []
            for _ in 0..<4 { others.append(try await server.join("a")) }
            let stranger = try await server.join("b")
            for number in 0..<100 { try await anna.send("{\"type\":\"offer\",\"n\":\(number)}") }
            for other in others {
                for number in 0..<100 {
                    let message = try await other.next()
                    #expect(message["n"] == "\(number)")
                    #expect(message["sourcePeerId"] == "anna")
                }
            }
            #expect(anna.counts.messages == 0)
            #expect(stranger.counts.messages == 0)
        }
    }

    @Test("a message in many fragments, with a ping in between, is one message")
    func assembles() async throws {
        try await TestServer.run { server in
            let (anna, ben) = (try await server.join(), try await server.join())
            let text = Array(#"{"type":"offer","sdp":"한국어 😀"}"#.utf8)
            var bytes = TestFrame.bytes(fin: false, opcode: 1, [])
            for byte in text { bytes += TestFrame.bytes(fin: false, opcode: 0, [byte]) }
            try await anna.sendRaw(bytes + TestFrame.bytes(opcode: 9, [1]) + TestFrame.bytes(opcode: 0, []))
            #expect(try await ben.next()["sdp"] == "한국어 😀")
            #expect(try await anna.nextPong() == [1])
        }
    }

    @Test("a message of the greatest size passes")
    func passesLargest() async throws {
        try await TestServer.run { server in
            let (anna, ben) = (try await server.join(), try await server.join())
            let frame = #"{"type":"chunk","data":""}"#
            let data = String(repeating: "x", count: 262_144 - frame.utf8.count)
            try await anna.send(frame.dropLast(2) + data + "\"}")
            #expect(try await ben.next()["data"] == data)
        }
    }

    @Test(
        "a peer's close is echoed with its code and ends the connection and the session", arguments: [1000, 4321, nil])
    func echoesClose(_ code: UInt16?) async throws {
        try await TestServer.run { server in
            let peer = try await server.join()
            try await peer.close(code: code)
            #expect(try await peer.expectClose().code == code)
            #expect(try await peer.connection.ends())
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 0 })
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
        }
    }

    @Test("when the node closes, the reason arrives after what was sent before, and the socket ends")
    func closesFromInside() async throws {
        try await TestServer.run { server in
            let anna = try await server.join(peerID: "anna")
            let again = try await server.join(peerID: "anna")
            #expect(try await anna.expectClose() == TestClose(code: 4409, reason: "replaced"))
            #expect(try await anna.connection.ends())
            try await again.send(#"{"type":"heartbeat"}"#)
            #expect(try await again.next().type == "heartbeat-ack")
        }
    }

    @Test("a peer that never answers the close frame is cut off after the close timeout")
    func cutsDeafPeers() async throws {
        try await TestServer.run {
            $0.liveness.closeTimeoutMs = 100
        } _: { server in
            let deaf = try await server.join(peerID: "anna", manners: .init(answersClose: false))
            let again = try await server.join(peerID: "anna")
            #expect(try await deaf.expectClose().code == 4409)
            #expect(try await deaf.connection.ends())
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 1 })
            await again.drop()
        }
    }

    @Test("a silent peer is pinged, and closed with 4408 when it answers none of them")
    func closesSilentPeers() async throws {
        try await TestServer.run {
            $0.liveness.pingIntervalMs = 60
        } _: { server in
            let live = try await server.join()
            let dead = try await server.join(manners: .init(answersPings: false))
            #expect(try await dead.expectClose() == TestClose(code: 4408, reason: "heartbeat_timeout"))
            #expect(dead.counts.pings == 2)
            #expect(try await TestServer.eventually { live.counts.pings >= 5 })
            #expect(!live.connection.isEnded)
        }
    }

    @Test("a message that never becomes complete is given up")
    func boundsAssembly() async throws {
        try await TestServer.run {
            $0.messages.assemblyMs = 80
        } _: { server in
            let peer = try await server.join()
            try await peer.sendRaw(TestFrame.bytes(fin: false, opcode: 1, [0x7B]))
            #expect(try await peer.expectClose().code == 1009)
        }
    }

    @Test("a peer that closes its half of the connection, or all of it, leaves no socket and no session")
    func noticesLostPeers() async throws {
        try await TestServer.run { server in
            let peers = [try await server.join(), try await server.join()]
            #expect(server.node.metrics.activeConnections == 2)
            for peer in peers { await peer.drop() }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 0 })
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
        }
    }

    @Test("a connection that goes away while admission thinks leaves nothing behind")
    func survivesEarlyLoss() async throws {
        try await TestServer.run {
            $0.rates.connectionsPerIP = 4
        } _: { server in
            for _ in 0..<100 {
                let connection = try await TestConnection.open(port: server.port)
                connection.sendLater(TestHTTP.bytes("GET", "/signal", headers: TestPeer.upgradeHeaders))
                await connection.close()
            }
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            #expect(server.node.metrics.activeConnections == 0)
            // Every slot has come back.
            var peers: [TestPeer] = []
            for _ in 0..<4 { peers.append(try await server.join()) }
            for peer in peers { await peer.drop() }
        }
    }
}
