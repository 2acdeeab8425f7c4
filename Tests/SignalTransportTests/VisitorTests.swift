import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// Who may look at a room without being in it, over HTTP.
@Suite("Visitors of rooms") struct VisitorTests {
    private static func room(_ name: String = "r") throws -> RoomKey {
        try RoomKey(namespace: "global", room: name)
    }

    private static func statuses(
        _ server: TestServer, room: String = "r", token: String? = nil
    ) async throws -> [Int] {
        var statuses: [Int] = []
        let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        for path in ["/bootstrap", "/rendezvous/discover", "/rendezvous/watch"] {
            let connection = try await TestConnection.open(port: server.port)
            try await connection.send(TestHTTP.bytes("GET", "\(path)?room=\(room)", headers: headers))
            statuses.append(try await connection.read("a head") { TestHTTP.takeHead(&$0) }.status)
            await connection.close()
        }
        return statuses
    }

    @Test("a banned address and a closed room are refused in public rooms too, whatever token comes along")
    func moderated() async throws {
        try await AccessTests.run { server in
            let token = TestKeys.token("sue", namespace: "global")
            let elsewhere = TestKeys.token("sue", namespace: "n")
            let all = [nil, token, "nonsense", elsewhere]
            for request in [
                ModerationRequest(.ban, in: try Self.room(), address: "127.0.0.1"),
                ModerationRequest(.close, in: try Self.room()),
            ] {
                for token in all { #expect(try await Self.statuses(server, token: token) == [200, 200, 200]) }
                _ = try await server.node.moderate(request)
                for token in all { #expect(try await Self.statuses(server, token: token) == [403, 403, 403]) }
                #expect(try await Self.statuses(server, room: "other") == [200, 200, 200])
                var back = request
                back.verb = request.verb == .ban ? .unban : .open
                _ = try await server.node.moderate(back)
            }
            _ = try await server.node.revoke(tokenID: nil, subject: "sue", reason: nil, until: nil)
            #expect(try await Self.statuses(server, token: token) == [401, 401, 401])
            #expect(try await Self.statuses(server) == [200, 200, 200])
        }
    }

    private func watch(_ server: TestServer) async throws -> TestEvents {
        try await TestEvents.open("/rendezvous/watch?room=r", port: server.port)
    }

    @Test("a policy that closes a room to strangers, and a rule that blocks their address, end their watches")
    func policyAndBlocks() async throws {
        try await AccessTests.run { server in
            let events = try await watch(server)
            let holder = try await TestEvents.open(
                "/rendezvous/watch?room=r", port: server.port,
                headers: [("Authorization", "Bearer \(TestKeys.token("sue", namespace: "global"))")])
            server.node.use(policy: RoomPolicy(fallback: RoomRules(kind: .invite, anonymous: [])))
            #expect(try await events.finishes())
            #expect(server.node.watchCount == 1)
            server.node.use(blockRules: try BlockRules(parsing: "ip 127.0.0.1"))
            #expect(try await holder.finishes())
            #expect(server.node.watchCount == 0)
        }
    }

    @Test("HEAD of a watch keeps no place")
    func head() async throws {
        try await TestServer.run {
            $0.rendezvous.watchersPerAddress = 1
        } _: { server in
            let connection = try await TestConnection.open(port: server.port)
            for _ in 0..<3 {
                try await connection.send(TestHTTP.bytes("HEAD", "/rendezvous/watch?room=r"))
                let answer = try await TestHTTP.read(from: connection, isHead: true)
                #expect(answer.status == 200)
                #expect(answer.header("content-type") == "text/event-stream; charset=utf-8")
                #expect(server.node.watchCount == 0)
            }
            await (try watch(server)).close()
            await connection.close()
        }
    }

    @Test("a muted peer says nothing by its metadata either, in a hello or in a record")
    func muted() async throws {
        try await TestServer.run { server in
            let listener = ReliablePeer("listener")
            try await listener.connect(port: server.port)
            func hello(_ name: String) async throws -> TestMessage {
                let peer = try await TestPeer.connect(
                    port: server.port, room: "r", peerID: name, headers: [ReliablePeer.subprotocol])
                let sid = String(repeating: String(name.prefix(1)), count: 22)
                try await peer.send(#"{"type":"hello","sid":"\#(sid)","cn":1,"metadata":{"says":"hi"}}"#)
                _ = try await peer.next(type: "welcome")
                return try await listener.next("peer-joined", ["peerId": name])
            }
            func register(_ name: String) async throws -> TestHTTP.Answer {
                try await TestHTTP.post(
                    "/rendezvous/register", json: #"{"room":"r","peerId":"\#(name)","metadata":{"says":"hi"}}"#,
                    port: server.port)
            }
            _ = try await server.node.moderate(ModerationRequest(.mute, in: try Self.room(), peerID: "bob"))
            #expect(try await hello("ann").text.contains("says"))
            #expect(try await !hello("bob").text.contains("says"))
            #expect(try await register("ann").status == 200)
            let refused = try await register("bob")
            #expect(refused.status == 403 && refused.body.contains(#""code":"muted""#))
            _ = try await server.node.moderate(ModerationRequest(.unmute, in: try Self.room(), peerID: "bob"))
            #expect(try await register("bob").status == 200)
        }
    }
}
