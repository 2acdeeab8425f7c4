import Foundation
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

    @Test("the commands say what went wrong and exit with 1")
    func failures() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let url = "http://127.0.0.1:\(cluster.nodes[0].port)"
        let cases: [(arguments: [String], environment: [String: String], says: String)] = [
            (["nodes", "--url", url], [:], "Set ADMIN_TOKEN"),
            (["nodes", "--url", url], ["ADMIN_TOKEN": "wrong"], "401"),
            (["nodes", "--url", "http://127.0.0.1:1"], ["ADMIN_TOKEN": Operator.token], "no connection"),
            (["nodes", "--url", "ftp://x"], ["ADMIN_TOKEN": Operator.token], "http://"),
            (["peers", "ban", "team", "r", "--url", url], ["ADMIN_TOKEN": Operator.token], "--peer"),
            (["invite", "revoke", "0-nonsense", "--url", url], ["ADMIN_TOKEN": Operator.token], "404"),
        ]
        for one in cases {
            let log = FileManager.default.temporaryDirectory.appending(path: "cli-\(UUID().uuidString).log")
            defer { try? FileManager.default.removeItem(at: log) }
            let process = try ChildProcess(
                [NodeProcess.program("signal-node")] + one.arguments, environment: one.environment, output: log.path())
            _ = process.wait(seconds: 20)
            let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            #expect(process.exitCode != 0, "\(one.arguments)")
            #expect(output.contains(one.says), "\(one.arguments): \(output)")
            #expect(!output.contains(Operator.token))
        }
    }
}
