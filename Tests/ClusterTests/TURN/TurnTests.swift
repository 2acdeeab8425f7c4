import Foundation
import SignalTestKit
import Testing

/// A real node issues, a real coturn with the shipped configuration decides.
@Suite("TURN credentials (security row 20)", .serialized)
struct TurnTests {
    static let secret = "turn-secret-of-the-test-0123456789"

    /// The second entry of `iceServers`.
    struct Credential {
        let urls: String
        let username: String
        let password: String

        init?(_ text: String) {
            let servers = TestMessage(text: text).objects("iceServers")
            guard let turn = servers.first(where: { $0["username"] != nil }), let urls = turn["urls"],
                let username = turn["username"], let password = turn["credential"]
            else { return nil }
            self.urls = urls
            self.username = username
            self.password = password
        }
    }

    private static func configuration() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: "infra/turn/turnserver.conf"), encoding: .utf8)
    }

    private func node(_ more: [String: String] = [:]) throws -> NodeProcess {
        var settings = ["TURN_SECRET": Self.secret, "TURN_URIS": "turn:127.0.0.1:3478?transport=udp"]
        settings.merge(more) { _, new in new }
        return try NodeProcess("turn", settings: settings)
    }

    private func bootstrap(
        _ node: NodeProcess, _ query: String = "room=r", headers: [(String, String)] = []
    ) async throws -> TestMessage {
        TestMessage(text: try await TestHTTP.get("/bootstrap?\(query)", port: node.port, headers: headers).body)
    }

    @Test("credentials of /bootstrap and of welcome allocate at a real coturn; private peers are refused with 403")
    func allocates() async throws {
        let server = try TurnServer(secrets: [Self.secret], configuration: Self.configuration())
        let node = try node()
        let peer = ReliablePeer("ann")
        let welcome = try await peer.connect(port: node.port)
        for text in [try await bootstrap(node).text, welcome.text] {
            let credential = try #require(Credential(text), "\(text)")
            let client = try TurnClient(
                port: server.port, username: credential.username, password: credential.password)
            #expect(try client.allocate() > 0)
            for refused in ["127.0.0.1", "10.0.0.1", "10.255.255.255", "192.168.1.1", "172.16.0.1", "169.254.169.254"] {
                #expect(throws: TurnClient.Failure.refused(403), "\(refused)") { try client.permit(refused) }
            }
            // The list refuses what it names and nothing else.
            try client.permit("8.8.8.8")
            try client.release()
        }
    }

    @Test("a credential is refused after its expiry, and so is one of another secret")
    func expires() async throws {
        let server = try TurnServer(secrets: [Self.secret], configuration: Self.configuration())
        let issued = try #require(Credential(try await bootstrap(try node()).text))
        #expect(TurnPassword.of(issued.username, secret: Self.secret) == issued.password)
        let holder = try #require(issued.username.split(separator: ":").last)
        let now = Int(Date().timeIntervalSince1970)
        for (seconds, secret, isGood) in [
            (60, Self.secret, true), (-2, Self.secret, false), (60, "another-secret-of-many-bytes", false),
        ] {
            let username = "\(now + seconds):\(holder)"
            let client = try TurnClient(
                port: server.port, username: username, password: TurnPassword.of(username, secret: secret))
            if isGood {
                #expect(try client.allocate() > 0)
                try client.release()
            } else {
                #expect(throws: TurnClient.Failure.refused(401), "\(seconds)") { try client.allocate() }
            }
        }
    }

    @Test("while secrets change, the server accepts credentials of both")
    func rotates() async throws {
        let next = "the-next-secret-of-the-test-9876"
        let server = try TurnServer(secrets: [next, Self.secret], configuration: Self.configuration())
        for secret in [Self.secret, "\(next),\(Self.secret)"] {
            let issued = try #require(Credential(try await bootstrap(try node(["TURN_SECRET": secret])).text))
            let client = try TurnClient(port: server.port, username: issued.username, password: issued.password)
            #expect(try client.allocate() > 0)
        }
    }

    @Test(
        "on SIGHUP a node takes its TURN secret and the level of its log from their files; a broken one changes nothing"
    )
    func reloads() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "turn-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (secret, settings) = (folder.appending(path: "secret"), folder.appending(path: "node.json"))
        let next = "the-next-secret-of-the-test-9876"
        func write(_ secrets: [String], level: String) throws {
            try Data(secrets.joined(separator: "\n").utf8).write(to: secret)
            try Data(#"{"logLevel":"\#(level)","turnUris":["turn:127.0.0.1:3478"]}"#.utf8).write(to: settings)
        }
        try write([Self.secret], level: "info")
        let node = try NodeProcess(
            "turn", settings: ["TURN_SECRET_FILE": secret.path(), "CONFIG_FILE": settings.path()])
        func reload(until what: String, _ condition: () async throws -> Bool) async throws {
            node.process.signal(SIGHUP)
            let deadline = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < deadline {
                if try await condition() { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("never: \(what)")
        }
        func signer() async throws -> String? {
            let issued = try #require(Credential(try await bootstrap(node).text))
            return [Self.secret, next].first { TurnPassword.of(issued.username, secret: $0) == issued.password }
        }
        func count(_ event: String) -> Int { node.log.components(separatedBy: event).count - 1 }
        #expect(try await signer() == Self.secret)

        try write(["short"], level: "info")
        try await reload(until: "both are refused") { count("reload.refused") == 2 }
        #expect(try await signer() == Self.secret)

        try write([next, Self.secret], level: "error")
        try await reload(until: "the new secret signs") {
            try await signer() == next && count("reload.done") == 1
        }
        try write([Self.secret], level: "error")
        try await reload(until: "the old one signs again") { try await signer() == Self.secret }
        try write(["short"], level: "error")
        try await reload(until: "errors are still logged") { count("reload.refused") == 4 }
        #expect(count("reload.done") == 1, "what is less than an error is not")
        for text in [Self.secret, next] { #expect(!node.log.contains(text)) }
        node.kill()
    }

    @Test("the expiry is true, the name is opaque and stable, and the answer may not be kept")
    func shape() async throws {
        let node = try node(["TURN_TTL_SECONDS": "900"])
        let answer = try await TestHTTP.get("/bootstrap?room=r", port: node.port)
        #expect(answer.header("cache-control") == "no-store")
        let message = TestMessage(text: answer.body)
        #expect(message.number("iceTtlMs") == 900_000)
        let first = try #require(Credential(answer.body))
        let parts = first.username.split(separator: ":")
        let now = Int(Date().timeIntervalSince1970)
        let expiry = try #require(Int(parts[0]))
        // 60 seconds more than told, for clocks that differ.
        #expect((now + 900 + 50...now + 900 + 61).contains(expiry))
        #expect(parts.count == 2 && parts[1].count == 16 && parts[1].allSatisfy { $0.isLetter || $0.isNumber })
        let second = try #require(Credential(try await bootstrap(node, "room=other").text))
        #expect(second.username.split(separator: ":").last == parts[1])
        #expect(message.objects("iceServers").count == 2)
    }

    @Test("nobody gets TURN without the token that the room needs, everybody STUN")
    func admission() async throws {
        // SHA-256 of dev-token.
        let node = try node([
            "SIGNAL_TOKEN_SHA256": "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"
        ])
        for headers in [[], [("Authorization", "Bearer wrong")]] {
            let message = try await bootstrap(node, headers: headers)
            #expect(Credential(message.text) == nil)
            #expect(message.objects("iceServers").count == 1)
        }
        let admitted = try await bootstrap(node, headers: [("Authorization", "Bearer dev-token")])
        #expect(Credential(admitted.text) != nil)
    }

    @Test("the seventh request of an address within a minute gets STUN only, and when to ask again")
    func budget() async throws {
        let node = try node()
        for _ in 0..<6 { #expect(Credential(try await bootstrap(node).text) != nil) }
        let seventh = try await bootstrap(node)
        #expect(Credential(seventh.text) == nil)
        let retry = try #require(seventh.number("iceTtlMs"))
        #expect((1...60_000).contains(retry))
        // The peer is admitted all the same, and told later.
        let welcome = try await ReliablePeer("ann").connect(port: node.port)
        #expect(Credential(welcome.text) == nil)
    }

    @Test("a region that the client asks for is the one it gets, on both ways; an unknown one is chosen by weight")
    func regions() async throws {
        let node = try node([
            "TURN_URIS": "", "TURN_REGIONS": "eu=turn:eu.example.org:3478;us:1000=turn:us.example.org:3478",
            "TURN_CREDENTIALS_PER_MINUTE": "0",
        ])
        for region in ["eu", "us", "EU"] {
            let credential = try #require(Credential(try await bootstrap(node, "room=r&region=\(region)").text))
            #expect(credential.urls.contains("turn:\(region.lowercased()).example.org:3478"))
        }
        let peer = ReliablePeer("ann")
        let socket = try await peer.open(port: node.port, query: [("region", "eu")])
        try await socket.send(peer.hello())
        #expect(try await peer.welcomed().text.contains("turn:eu.example.org"))
        #expect(Credential(try await bootstrap(node, "room=r&region=moon").text) != nil)
    }

    @Test("without a TURN secret there is STUN, and nothing else changes")
    func stunOnly() async throws {
        let node = try NodeProcess("stun", settings: ["STUN_URIS": "stun:a.example.org:3478"])
        let message = try await bootstrap(node)
        #expect(message.text.contains(#""iceServers":[{"urls":["stun:a.example.org:3478"]}],"iceTtlMs":86400000"#))
    }
}
