import Foundation
import SignalDomain
import SignalTestKit
import Testing

/// Room tokens on three real nodes, and files that are read anew.
@Suite("Access over the cluster", .serialized)
struct AccessClusterTests {
    /// A file that ends with the test.
    final class File {
        let path: String

        init(_ bytes: [UInt8]) throws {
            path = FileManager.default.temporaryDirectory.appending(path: "access-\(UUID().uuidString)").path()
            try write(bytes)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }
        func write(_ text: String) throws { try write(Array(text.utf8)) }
    }

    private func join(
        _ node: NodeProcess, _ peerID: String, token: String, namespace: String = "n"
    ) async throws -> TestPeer {
        let peer = try await TestPeer.connect(
            port: node.port, namespace: namespace, room: "r", peerID: peerID, query: [("token", token)])
        _ = try await peer.next(type: "welcome")
        return peer
    }

    private func refusal(_ body: () async throws -> TestPeer) async throws -> Int? {
        do {
            _ = try await body()
            return nil
        } catch let refused as TestPeer.Refused {
            return refused.status
        }
    }

    @Test(
        "row 11: the same subject takes its peer ID over on another node; another subject never does, in either order")
    func takeover() async throws {
        let keys = try File(TestKeys.set(TestKeys.hmac))
        let cluster = try await Cluster(
            nodes: 3, settings: ["JWT_KEYS_FILE": keys.path, "INVITE_NAMESPACES": "n"])
        let victim = try await join(cluster.nodes[0], "p", token: TestKeys.token("sue"))
        for node in cluster.nodes {
            #expect(try await refusal { try await join(node, "p", token: TestKeys.token("eve")) } == 409)
        }
        let next = try await join(cluster.nodes[1], "p", token: TestKeys.token("sue"))
        #expect(try await victim.expectClose() == TestClose(code: 4409, reason: "replaced"))
        #expect(try await refusal { try await join(cluster.nodes[2], "p", token: TestKeys.token("eve")) } == 409)
        try await next.close()
        try await cluster.eventually("the peer ID is free") {
            try await refusal { try await join(cluster.nodes[2], "p", token: TestKeys.token("eve")) } == nil
        }
    }

    @Test("SIGHUP reads keys and policy anew; what is broken is refused, the old stays, and no other socket drops")
    func reload() async throws {
        let keys = try File(TestKeys.set(TestKeys.hmac))
        let policy = try File(Array("rooms: [{namespace: n, kind: invite}, {namespace: g, kind: public}]".utf8))
        let node = try NodeProcess("node", settings: ["JWT_KEYS_FILE": keys.path, "POLICY_FILE": policy.path])
        let holder = try await join(node, "holder", token: TestKeys.token("sue"))
        let guest = try await TestPeer.connect(port: node.port, namespace: "g", room: "r", peerID: "guest")
        _ = try await guest.next(type: "welcome")

        try policy.write("rooms:\n  - namespace: n\n    kind: invite\n    capacty: 3\n")
        try keys.write("{}")
        node.process.signal(SIGHUP)
        try await eventually("both are refused") { node.log.split(separator: "reload.refused").count == 3 }
        #expect(node.log.contains("line 4: capacty is not known: did you mean capacity?"))
        #expect(try await refusal { try await join(node, "other", token: TestKeys.token("tom")) } == nil)

        try policy.write("rooms: [{namespace: n, kind: invite}]")
        try keys.write(TestKeys.set(TestKeys.otherHMAC))
        node.process.signal(SIGHUP)
        #expect(try await guest.expectClose() == TestClose(code: 4403, reason: "forbidden"))
        try await eventually("the old key is gone") {
            try await refusal { try await join(node, "third", token: TestKeys.token("tim")) } == 401
        }
        try await holder.send(#"{"type":"heartbeat"}"#)
        #expect(try await holder.next(type: "heartbeat-ack").type == "heartbeat-ack")
    }

    @Test("token mint makes what the node takes, and token inspect says what it holds; no secret is shown")
    func commands() async throws {
        let keys = try File(TestKeys.set(TestKeys.ecdsa, TestKeys.hmac))
        let program = NodeProcess.program("signal-node")
        let minted = try run(
            "'\(program)' token mint --namespace n --room r --subject sue --peer p --grants join,read",
            ["JWT_KEYS_FILE": keys.path])
        #expect(minted.code == 0)
        let token = minted.text.trimmingCharacters(in: .whitespacesAndNewlines)
        let node = try NodeProcess("node", settings: ["JWT_KEYS_FILE": keys.path])
        _ = try await join(node, "p", token: token)
        #expect(try await refusal { try await join(node, "q", token: token) } == 403)

        let file = try File(Array(token.utf8))
        let good = try run("'\(program)' token inspect < '\(file.path)'", ["JWT_KEYS_FILE": keys.path])
        #expect(good.code == 0)
        #expect(good.text.contains(#""sub":"sue""#))
        #expect(good.text.contains("good for"))
        let other = try File(TestKeys.set(TestKeys.eddsa))
        let refused = try run("'\(program)' token inspect < '\(file.path)'", ["JWT_KEYS_FILE": other.path])
        #expect(refused.code == 1)
        #expect(refused.text.contains("refused: Its kid"))

        let secret = try File(Array("a secret of more than 32 characters\n".utf8))
        let own = try run(
            "'\(program)' token mint --room '*' --subject sue --secret-file '\(secret.path)' --kid s | "
                + "'\(program)' token inspect --secret-file '\(secret.path)' --kid s", [:])
        #expect(own.code == 0, "\(own.text)")
        #expect(!own.text.contains("more than 32"))
    }

    @Test("check explains each problem of the files by its line")
    func check() async throws {
        let keys = try File(TestKeys.set(#"{"kty":"oct","kid":"a","k":"c2VjcmV0"}"#))
        let policy = try File(Array("rooms:\n  - namespace: n\n    kind: inivte\n  - room: x\n    kind: admin\n".utf8))
        let result = try run(
            "'\(NodeProcess.program("signal-node"))' check",
            ["JWT_KEYS_FILE": keys.path, "POLICY_FILE": policy.path])
        #expect(result.code == 1)
        #expect(result.text.contains("JWT_KEYS_FILE (\(keys.path)): Key 1: alg is missing."))
        #expect(result.text.contains("line 3: kind must be public, invite or admin."))
        #expect(result.text.contains("line 4: namespace is missing."))
        #expect(!result.text.contains("c2VjcmV0"))
    }

    private func run(_ command: String, _ environment: [String: String]) throws -> (code: Int32, text: String) {
        let output = try File([])
        var environment = environment
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let process = try ChildProcess(["/bin/sh", "-c", command], environment: environment, output: output.path)
        #expect(process.wait(seconds: 20))
        return (process.exitCode ?? -1, try String(contentsOf: URL(filePath: output.path), encoding: .utf8))
    }

    private func eventually(
        _ what: Comment, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record(what)
    }
}
