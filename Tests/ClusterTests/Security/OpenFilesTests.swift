import Foundation
import SignalTestKit
import Testing

/// A node that runs out of file descriptors, which its own limit of sockets cannot foresee.
@Suite("Open files", .serialized)
struct OpenFilesTests {
    /// The processor time that a process has used, in ticks of 10 ms.
    private func ticks(of pid: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return try #require(Int(fields[11])) + #require(Int(fields[12]))
    }

    private func files(of pid: Int32) throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap { Int($0) }
    }

    /// Lowers what the running process may open.
    private func limit(_ pid: Int32, to count: Int) throws {
        let process = try ChildProcess(
            ["/bin/sh", "-c", "exec prlimit --pid \(pid) --nofile=\(count):\(count)"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
        #expect(process.wait(seconds: 10))
        try #require(process.exitCode == 0)
    }

    @Test("without descriptors a node waits, idle and alive, serves who is in, and lets others in when some are free")
    func waits() async throws {
        let node = try NodeProcess("node")
        let pid = node.process.pid
        let (first, second) = (
            try await TestPeer.connect(port: node.port, room: "r", peerID: "a"),
            try await TestPeer.connect(port: node.port, room: "r", peerID: "b")
        )
        for peer in [first, second] { _ = try await peer.next(type: "welcome") }
        // The limit is the first number that no new descriptor may have.
        let open = try files(of: pid).filter { $0 < 200 }
        let allowed = try #require(open.max()) + 9
        try limit(pid, to: allowed)
        var waiting: [TestConnection] = []
        for _ in 0..<40 { waiting.append(try await TestConnection.open(port: node.port)) }
        let deadline = ContinuousClock.now + .seconds(10)
        while try files(of: pid).count(where: { $0 < allowed }) < allowed, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try files(of: pid).count(where: { $0 < allowed }) == allowed)
        // An accept that is tried again and again would take all of a core; one that waits takes next to nothing.
        let before = try ticks(of: pid)
        try await Task.sleep(for: .seconds(2))
        #expect(try ticks(of: pid) - before < 60)
        try await first.send("{\"type\":\"offer\",\"n\":1}")
        #expect(try await second.next(type: "offer")["n"] == "1")
        #expect(node.process.status == nil)

        for connection in waiting { await connection.close() }
        let next = try await TestPeer.connect(port: node.port, room: "r", peerID: "c", timeout: .seconds(20))
        #expect(try await next.next(type: "welcome").type == "welcome")
    }

    /// What the runner of the tests has open would count as the node's.
    private static let closeInherited =
        #"for file in /proc/$$/fd/*; do n=${file##*/}; if [ "$n" -gt 2 ]; then eval "exec $n>&-"; fi; done; "#

    @Test("a node with few descriptors keeps some for itself and serves as many sockets as are left")
    func few() async throws {
        let program = NodeProcess.program("signal-node")
        let log = FileManager.default.temporaryDirectory.appending(path: "few-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: log) }
        let process = try ChildProcess(
            ["/bin/bash", "-c", Self.closeInherited + "ulimit -n 48 && exec '\(program)'"],
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
