import Foundation
import SignalTestKit
import Testing

/// Secrets that a node knows or is told appear nowhere that anybody reads (security.md rows 8, 23 and 24).
@Suite("Canary secrets")
struct CanaryTests {
    /// Begins every secret of these tests; infra/test/run looks for it in the output of the whole suite, too.
    private static let mark = "bs-" + "canary-"
    private static let token = mark + "token-0123456789abcdef"
    private static let wrong = mark + "wrong-token"
    private static let clusterSecret = mark + "cluster-secret-0123456789abcdef"
    private static let redisPassword = mark + "redis-password"
    private static let adminToken = mark + "admin-token-0123456789"
    private static let signingSecret = mark + "signing-secret-0123456789abcdef"
    private static let turnSecret = mark + "turn-secret-0123456789"
    private static let payload = mark + "sdp-payload"

    @Test("no secret and no payload is in a log line, a metric, an error, a health answer or the audit log")
    func nowhere() async throws {
        let redis = try RedisServer(password: Self.redisPassword)
        let folder = FileManager.default.temporaryDirectory.appending(path: "canary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let audit = folder.appending(path: "audit.jsonl").path
        let keys = folder.appending(path: "keys.json").path
        let key = Data(Self.signingSecret.utf8).base64EncodedString().replacing("=", with: "")
        try Data(#"{"keys":[{"kty":"oct","kid":"h","alg":"HS256","k":"\#(key)"}]}"#.utf8).write(
            to: URL(filePath: keys))
        let node = try NodeProcess(
            "n1",
            settings: [
                "SIGNAL_TOKEN_SHA256": try Self.sha256(Self.token), "CLUSTER_SECRET": Self.clusterSecret,
                "REDIS_URL": redis.url, "LOG_LEVEL": "trace", "AUDIT_LOG": audit, "JWT_KEYS_FILE": keys,
                "ADMIN_TOKEN_SHA256": try Self.sha256(Self.adminToken), "TURN_SECRET": Self.turnSecret,
                "TURN_URIS": "turn:127.0.0.1:3478", "TOKEN_FAILURES": "0",
                "AUDIT_LINES_PER_SOURCE": "0", "AUDIT_REFUSALS": "0",
            ])
        let ready = ContinuousClock.now + .seconds(10)
        while try await TestHTTP.get("/readyz", port: node.port).status != 200, ContinuousClock.now < ready {
            try await Task.sleep(for: .milliseconds(10))
        }

        var seen = try await answers(of: node)
        try await talk(to: node)
        seen.append(("/metrics", try await TestHTTP.get("/metrics", port: node.port).body))
        // Commands to a Redis that does not answer and then refuses to know the password.
        _ = try redis.command(["CONFIG", "SET", "requirepass", "another"])
        _ = try? await TestHTTP.get("/bootstrap?token=\(Self.token)", port: node.port)
        redis.stop()
        _ = try? await TestHTTP.get("/health", port: node.port)
        node.terminate()
        _ = node.process.wait(seconds: 15)
        seen.append(("the log", node.log))
        seen.append(("the audit log", try String(contentsOfFile: audit, encoding: .utf8)))
        let secrets = [
            Self.token, Self.clusterSecret, Self.redisPassword, Self.adminToken, Self.signingSecret, Self.turnSecret,
        ]
        let forms = try secrets.flatMap { secret in
            [try Self.sha256(secret), Data(secret.utf8).base64EncodedString().replacing("=", with: "")]
        }
        for (name, text) in seen {
            #expect(!text.isEmpty, "\(name) says something")
            for form in [Self.mark] + forms { #expect(!text.contains(form), "\(name)") }
        }
        #expect(seen.count > 20)
    }

    /// Every route, asked with a right and a wrong token in every place where one may stand; only what is no good answer
    /// to an authorized request is collected together with the rest.
    private func answers(of node: NodeProcess) async throws -> [(String, String)] {
        var seen: [(String, String)] = []
        let record = #"{"namespace":"n","room":"r","peerId":"p","token":"\#(Self.token)","ttlMs":"\#(Self.payload)"}"#
        for token in [Self.token, Self.wrong, Self.adminToken, Self.signingSecret, Self.turnSecret] {
            let bearer = [("Authorization", "Bearer \(token)")]
            for path in [
                "/health", "/livez", "/readyz", "/lb-ready", "/bootstrap", "/rendezvous/discover", "/nothing",
                "/signal", "/admin/nodes", "/admin/rooms", "/admin/rooms/global/r", "/invites?room=r",
            ] {
                let query = (path.contains("?") ? "&" : "?") + "token=\(token)&room=r"
                seen.append((path, try await TestHTTP.get(path + query, port: node.port).body))
                seen.append((path, try await TestHTTP.get(path, port: node.port, headers: bearer).body))
            }
            for path in [
                "/rendezvous/register", "/rendezvous/unregister", "/tickets", "/invites", "/invites/redeem",
                "/admin/rooms/global/r/kick", "/admin/revocations", "/health",
            ] {
                let body = try await TestHTTP.post("\(path)?token=\(token)", json: record, port: node.port).body
                seen.append((path, body))
                seen.append(
                    (path, try await TestHTTP.post(path, json: "{\(token)", port: node.port, headers: bearer).body))
            }
        }
        for target in ["/\(Self.wrong)", "/signal?token=%\(Self.wrong)", "http://\(Self.wrong)/"] {
            seen.append(
                (target, try await TestHTTP.raw("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", port: node.port).body))
        }
        let wrong = Data(Self.wrong.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
        for headers in [
            [("Authorization", "Bearer \(Self.wrong)")],
            [("Sec-WebSocket-Protocol", "browser-sync.v2, bs.bearer.\(wrong)")],
        ] {
            do {
                _ = try await TestPeer.connect(
                    port: node.port, room: "r", query: [("token", Self.wrong)], headers: headers)
                Issue.record("a wrong token was let in")
            } catch let refused as TestPeer.Refused {
                seen.append(("a refused handshake", refused.body))
            }
        }
        // An empty answer (204, 200 without a body) has nothing to hide.
        return seen.filter { !$0.1.isEmpty }
    }

    /// Both dialects, with secrets in messages that are good, broken and refused.
    private func talk(to node: NodeProcess) async throws {
        let query = [("token", Self.token)]
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann", query: query)
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob", query: query)
        _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
        for text in [
            #"{"type":"offer","sdp":"\#(Self.payload)"}"#, #"{"type":"welcome","token":"\#(Self.token)"}"#,
            "\(Self.payload)", #"{"\#(Self.payload)":{"type":1}"#,
            #"{"type":"telemetry","iceState":"\#(Self.payload)"}"#,
            #"{"type":"telemetry","region":"\#(Self.payload)","carrier":"\#(Self.token)"}"#, #"{"type":"done"}"#,
        ] { try await ann.send(text) }
        _ = try await bob.next(type: "done")
        let fresh = ReliablePeer("cid")
        let socket = try await TestPeer.connect(
            port: node.port, room: "r", query: query, headers: [ReliablePeer.subprotocol])
        try await socket.send(
            #"{"type":"hello","sid":"\#(fresh.session)","cn":1,"peerId":"cid","token":"\#(Self.token)","#
                + #""resume":{"token":"\#(Self.wrong)","lastSeq":1}}"#)
        for text in [
            #"{"type":"auth","token":"\#(Self.token)"}"#, #"{"type":"auth","token":"\#(Self.wrong)"}"#,
            #"{"type":"x","to":"ann","id":"\#(Self.payload)","sdp":"\#(Self.payload)"}"#,
            #"{"type":"presence","metadata":"\#(Self.payload)"}"#,
        ] { try? await socket.send(text) }
        _ = try? await socket.expectClose(timeout: .seconds(1))
        try await ann.sendRaw(TestFrame.close(code: 4999, reason: Self.payload))
        try await bob.sendRaw(TestFrame.bytes(opcode: 3, Array(Self.payload.utf8)))
        _ = try? await bob.expectClose()
    }

    private static func sha256(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let digest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).prefix(64)
        process.waitUntilExit()
        return String(digest)
    }
}
