import SignalNode
import SignalTestKit
import Testing

/// Credentials that end while their sessions live; in these tests they are good for two seconds.
@Suite("Renewal of TURN credentials")
struct IceRenewalTests {
    private func configure(_ configuration: inout NodeConfiguration) {
        configuration.turn.secrets = ["a-secret-of-the-test-0123456789"]
        configuration.turn.uris = ["turn:turn.example.org:3478"]
        configuration.turn.ttlSeconds = 2
    }

    private func configureLong(_ configuration: inout NodeConfiguration) {
        configure(&configuration)
        configuration.turn.ttlSeconds = 100
    }

    private func username(_ message: TestMessage) -> String? {
        message.objects("iceServers").compactMap { $0["username"] }.first
    }

    @Test("a session of dialect 2 is sent new credentials before its old ones run out, again and again")
    func renews() async throws {
        try await TestServer.run(configure) { server in
            let peer = ReliablePeer("ann")
            let welcome = try await peer.connect(port: server.port)
            #expect(welcome.number("iceTtlMs") == 2_000)
            var last = try #require(username(welcome))
            for _ in 0..<2 {
                let renewal = try await peer.socket.next(type: "ice-servers")
                let name = try #require(username(renewal))
                #expect(name != last && name.split(separator: ":").last == last.split(separator: ":").last)
                #expect(renewal.number("iceTtlMs") == 2_000 && renewal.flag("restartAdvised") == false)
                last = name
            }
        }
    }

    @Test("another secret reaches live sessions, with the advice to restart their connections")
    func rotates() async throws {
        try await TestServer.run(configureLong) { server in
            let peer = ReliablePeer("ann")
            let before = try #require(username(try await peer.connect(port: server.port)))
            server.node.use(turnSecrets: ["a-secret-of-the-test-0123456789"])
            server.node.use(turnSecrets: ["another-secret-of-the-test-0123", "a-secret-of-the-test-0123456789"])
            let push = try await peer.socket.next(type: "ice-servers", timeout: .seconds(20))
            #expect(push.flag("restartAdvised") == true)
            let turn = try #require(push.objects("iceServers").first { $0["username"] != nil })
            let name = try #require(turn["username"])
            #expect(turn["credential"] == TurnPassword.of(name, secret: "another-secret-of-the-test-0123"))
            #expect(name.split(separator: ":").last == before.split(separator: ":").last)
        }
    }

    @Test("a session of dialect 1 is sent nothing that it does not know")
    func dialectOne() async throws {
        try await TestServer.run(configure) { server in
            let old = try await server.join(peerID: "old")
            let new = ReliablePeer("new")
            try await new.connect(port: server.port)
            _ = try await new.socket.next(type: "ice-servers")
            _ = try await new.socket.next(type: "ice-servers")
            #expect(old.waiting.allSatisfy { $0.type != "ice-servers" })
        }
    }
}
