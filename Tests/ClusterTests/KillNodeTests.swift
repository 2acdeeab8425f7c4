import Foundation
import SignalTestKit
import Testing

/// `infra/cluster/kill-node` does what it says, and says what clients saw.
@Suite("kill-node")
struct KillNodeTests {
    private let folder: URL
    /// Where no edge answers.
    private let nobody = ["EDGE": "http://127.0.0.1:1", "WAIT": "2", "PEERS": "0"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kill-node-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func run(_ arguments: [String], _ environment: [String: String]) throws -> (code: Int32?, text: String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../infra/cluster/kill-node").standardized.path()
        let output = folder.appending(path: "output").path()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let process = try ChildProcess(
            [script] + arguments,
            environment: environment.merging(["PATH": folder.path() + ":" + path]) { own, _ in own }, output: output)
        #expect(process.wait(seconds: 60), "it does not end")
        return (process.exitCode, try String(contentsOfFile: output, encoding: .utf8))
    }

    private func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path())
    }

    @Test("kills a process, and every peer that it held is back on another node with its session")
    func processes() async throws {
        let cluster = try await Cluster(nodes: 2, settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8"])
        let edge = try EdgeServer(nodes: cluster.nodes.map(\.port))
        try await cluster.eventually("the edge has nodes") {
            try await TestHTTP.get("/health", port: edge.port).status == 200
        }
        let lines = cluster.nodes.enumerated().map { "n\($0.offset + 1) \($0.element.process.pid) signal-node\n" }
        try write("pids", lines.joined())
        let result = try run(
            ["n2"],
            [
                "CLUSTER_DIR": folder.path(), "EDGE": "http://127.0.0.1:\(edge.port)", "WAIT": "20", "PEERS": "16",
            ])
        #expect(result.code == 0, "\(result.text)")
        #expect(result.text.contains("n2 has ended."))
        let lost = try #require(result.text.firstMatch(of: /Of 16 peers (\d+) lost their socket/)?.1)
        #expect(Int(lost) ?? 0 > 0, "\(result.text)")
        #expect(result.text.contains("\(lost) resumed their session and 0 began anew"), "\(result.text)")
        #expect(cluster.nodes[1].process.status != nil)
        #expect(cluster.nodes[0].process.status == nil)
    }

    /// No container runs here: the program `docker` only notes how it is called.
    @Test("asks Compose for its nodes, and has the named one killed (a stub of docker)")
    func compose() throws {
        try write(
            "docker",
            """
            #!/bin/sh
            echo "$*" >>"\(folder.path())/calls"
            case "$*" in
            *" ps "*) echo redis; echo node1; [ -e "\(folder.path())/killed" ] || echo node2 ;;
            *" kill "*) touch "\(folder.path())/killed" ;;
            esac
            """)
        let result = try run(["compose", "node2", "SIGTERM"], nobody)
        let calls = try String(contentsOf: folder.appending(path: "calls"), encoding: .utf8)
        #expect(calls.contains("compose ps --services --status running\n"))
        #expect(calls.contains("compose --progress quiet kill -s SIGTERM node2\n"))
        #expect(result.text.contains("node2 has ended."), "\(result.text)")
        #expect(result.text.contains("still serving: node1"))
        #expect(result.code == 1, "nobody answered new clients")
    }

    /// No Kubernetes runs here: the program `kubectl` only notes how it is called.
    @Test("deletes a pod without grace, and knows its replacement by its uid (a stub of kubectl)")
    func kubectl() throws {
        try write(
            "kubectl",
            """
            #!/bin/sh
            echo "$*" >>"\(folder.path())/calls"
            case "$*" in
            *"get pods "*) printf 'signal-node-0\\nsignal-node-1\\n' ;;
            *"get pod "*) if [ -e "\(folder.path())/killed" ]; then echo new; else echo old; fi ;;
            *"delete pod "*) touch "\(folder.path())/killed" ;;
            esac
            """)
        var environment = nobody
        environment["NAMESPACE"] = "signaling"
        let result = try run(["kubectl", "signal-node-1"], environment)
        let calls = try String(contentsOf: folder.appending(path: "calls"), encoding: .utf8)
        #expect(
            calls.contains("-n signaling delete pod signal-node-1 --grace-period=0 --force --wait=false\n"), "\(calls)")
        #expect(result.text.contains("signal-node-1 is back."), "\(result.text)")
        let refused = try run(["kubectl", "signal-node-1", "STOP"], environment)
        #expect(refused.text.contains("A pod cannot be sent STOP"))
        #expect(refused.code == 2)
    }
}
