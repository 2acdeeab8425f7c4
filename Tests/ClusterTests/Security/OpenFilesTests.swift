import Foundation
import SignalTestKit
import Testing

/// A node that may open few files.
@Suite("Open files", .serialized)
struct OpenFilesTests {
    @Test("a node with few descriptors keeps some for itself and serves as many sockets as are left")
    func few() async throws {
        let program = NodeProcess.program("signal-node")
        let log = FileManager.default.temporaryDirectory.appending(path: "few-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: log) }
        let process = try ChildProcess(
            ["/bin/sh", "-c", "ulimit -n 48 && exec '\(program)'"],
            environment: [
                "PATH": "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0", "EVENT_LOOPS": "1",
                "RATE_LIMIT_CONNECTIONS_PER_IP": "0",
            ], output: log.path())
        var port: Int?
        let deadline = ContinuousClock.now + .seconds(30)
        while port == nil, ContinuousClock.now < deadline {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") where line.contains("signal-node.started") {
                port = (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["port"] as? Int
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        let node = try #require(port)
        var peers: [TestPeer] = []
        for _ in 0..<16 { peers.append(try await TestPeer.connect(port: node, room: "r", timeout: .seconds(20))) }
        // The next one is not refused: it waits in the kernel until somebody goes.
        let next = Task { try await TestPeer.connect(port: node, room: "r", timeout: .seconds(20)) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(process.status == nil)
        try await peers[0].close()
        _ = try await next.value.next(type: "welcome")
        for peer in peers.dropFirst() { await peer.drop() }
    }
}
