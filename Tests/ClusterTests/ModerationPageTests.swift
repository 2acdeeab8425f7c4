import Foundation
import NIOCore
import NIOPosix
import SignalTestKit
import Testing

/// The page for operators and moderators.
@Suite("docs/moderation.md", .serialized)
struct ModerationPageTests {
    private static var page: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "docs/moderation.md"), encoding: .utf8)
        }
    }

    @Test("every example of the page works against a live cluster, one after the other")
    func examples() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let bob = try await TestPeer.connect(
            port: cluster.nodes[1].port, namespace: "team", room: "lobby", peerID: "bob")
        _ = try await bob.next(type: "welcome")
        let blocks = try Self.page.split(separator: "```sh\n").dropFirst().map { part in
            part.range(of: "```").map { part[..<$0.lowerBound] } ?? part
        }
        #expect(blocks.count >= 5)
        let log = FileManager.default.temporaryDirectory.appending(path: "examples-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let programs = URL(filePath: NodeProcess.program("signal-node")).deletingLastPathComponent().path()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let script = "set -euo pipefail\n" + blocks.joined(separator: "\n")
        let shell = try ChildProcess(
            ["/bin/bash", "-c", script],
            environment: [
                "PATH": "\(programs):\(path)", "SIGNAL_NODE_URL": "http://127.0.0.1:\(cluster.nodes[0].port)",
                "ADMIN_TOKEN": Operator.token,
            ], output: log.path())
        _ = shell.wait(seconds: 60)
        let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        #expect(shell.exitCode == 0, "\(output)")
        #expect(output.contains("node1"))
        #expect(output.contains("bob"))
        #expect(try await bob.expectClose().code == 4403)
    }

    /// Runs `signal-node` to its end.
    private func run(
        _ arguments: [String], _ environment: [String: String] = ["ADMIN_TOKEN": Operator.token]
    ) throws -> (code: Int32, output: String) {
        let log = FileManager.default.temporaryDirectory.appending(path: "cli-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let process = try ChildProcess(
            [NodeProcess.program("signal-node")] + arguments, environment: environment, output: log.path())
        #expect(process.wait(seconds: 20))
        return (process.exitCode ?? -1, (try? String(contentsOf: log, encoding: .utf8)) ?? "")
    }

    @Test(
        "the commands say what went wrong: they exit with 1 when it is refused, 2 without an answer, 64 when misspelled"
    )
    func failures() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let url = "http://127.0.0.1:\(cluster.nodes[0].port)"
        let known = ["ADMIN_TOKEN": Operator.token]
        let cases: [(arguments: [String], environment: [String: String], code: Int32, says: String)] = [
            (["nodes", "--url", url], [:], 1, "Set ADMIN_TOKEN"),
            (["nodes", "--url", url], ["ADMIN_TOKEN": "wrong"], 1, "401"),
            (["nodes", "--url", "http://127.0.0.1:1"], known, 2, "no connection"),
            (["nodes", "--url", "ftp://x"], known, 1, "http://"),
            (["nodes", "--url", "http://node.example"], known, 1, "https://"),
            (["nodes", "--url", "http://127.example"], known, 1, "https://"),
            (["peers", "ban", "team", "r", "--url", url], known, 64, "--peer"),
            (["token", "revoke", "--url", url], known, 64, "--jti"),
            (["invite", "revoke", "0-nonsense", "--url", url], known, 1, "404"),
        ]
        for one in cases {
            let (code, output) = try run(one.arguments, one.environment)
            #expect(code == one.code, "\(one.arguments)")
            #expect(output.contains(one.says), "\(one.arguments): \(output)")
            #expect(!output.contains(Operator.token))
        }
        cluster.nodes[0].suspend()
        let (code, output) = try run(["drain", "--url", url, "--timeout-ms", "300"])
        cluster.nodes[0].resume()
        #expect(code == 2)
        #expect(output.contains("no answer in time. It may have been done all the same"), "\(output)")
    }

    @Test("token revoke ends the sockets of a subject on every node")
    func revokes() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let invite = try await admin.invite()
        let redeemed = try await TestHTTP.post(
            "/invites/redeem", json: #"{"code":"\#(invite.code)"}"#, port: admin.port)
        let token = try #require(redeemed.object["token"] as? String)
        let claims = try #require(Data(base64Encoded: Self.padded(token.split(separator: ".")[1])))
        let object = try #require(try JSONSerialization.jsonObject(with: claims) as? [String: Any])
        let subject = try #require(object["sub"] as? String)
        let peer = try await TestPeer.connect(
            port: cluster.nodes[1].port, namespace: "club", room: "r", peerID: "ann", query: [("token", token)])
        _ = try await peer.next(type: "welcome")
        let url = "http://127.0.0.1:\(cluster.nodes[0].port)"
        let (code, output) = try run(["token", "revoke", "--subject", subject, "--url", url])
        #expect(code == 0 && output.contains("applied to 1"), "\(output)")
        #expect(try await peer.expectClose().code == 4401)
    }

    private static func padded(_ text: Substring) -> String {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        return base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)
    }

    @Test("the commands talk to a node behind TLS, and tell their token to no server that they cannot trust")
    func secured() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await listener.close()
        let settings = """
            defaults
                mode http
                timeout connect 5s
                timeout client 30s
                timeout server 30s
            listen admin
                bind 127.0.0.1:\(port) ssl crt \(folder.path())/both.pem
                server node 127.0.0.1:\(cluster.nodes[0].port)

            """
        try Data(settings.utf8).write(to: folder.appending(path: "haproxy.cfg"))
        let proxy = try ChildProcess(
            [
                "/bin/sh", "-c",
                "cd '\(folder.path())' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
                    + "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem && "
                    + "cat certificate.pem key.pem >both.pem && exec haproxy -db -f haproxy.cfg",
            ], environment: ["PATH": path + ":/usr/local/sbin:/usr/sbin"],
            output: folder.appending(path: "log").path())
        let roots = ["--trust-roots-file", folder.appending(path: "certificate.pem").path()]
        let url = "https://localhost:\(port)"
        try await cluster.eventually("the proxy answers", within: .seconds(20)) {
            try run(["nodes", "--url", url] + roots).code == 0
        }
        let (_, table) = try run(["nodes", "--url", url] + roots)
        #expect(table.contains("node1"))
        let (code, output) = try run(["nodes", "--url", url])
        #expect(code == 2 && output.contains("trusted"), "\(output)")
        let (other, mismatch) = try run(["nodes", "--url", "https://127.0.0.1:\(port)"] + roots)
        #expect(other == 2 && mismatch.contains("trusted"), "\(mismatch)")
        proxy.signal(SIGTERM)
        _ = proxy.wait(seconds: 5)
    }
}
