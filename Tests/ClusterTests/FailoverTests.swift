import Foundation
import SignalTestKit
import Testing

/// The whole proof in its short form: processes die while 150 clients talk, and a judge reads what they saw.
@Suite("Failover", .serialized)
struct FailoverTests {
    @Test("keeps every promise while nodes and Redis are killed, stopped, emptied and cut off")
    func quick() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "failover-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func path(_ name: String) -> String { directory.appending(path: name).path() }

        let load = try ChildProcess(
            [
                NodeProcess.program("signal-load"), "failover", "--quick", "--node", NodeProcess.program("signal-node"),
                "--edge", Self.edge, "--json", path("report.json"), "--svg", path("timeline.svg"),
            ], environment: ProcessInfo.processInfo.environment, output: path("output"))
        let hasEnded = load.wait(seconds: 420)
        let output = (try? String(contentsOfFile: path("output"), encoding: .utf8)) ?? ""
        #expect(hasEnded && load.exitCode == 0, "\(output)")
        #expect(output.contains("verdict: pass"))
        let report = try String(contentsOfFile: path("report.json"), encoding: .utf8)
        #expect(report.contains(#""verdict" : "pass""#))
        #expect(try String(contentsOfFile: path("timeline.svg"), encoding: .utf8).contains("<svg "))
    }

    private static var edge: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../infra/edge/haproxy.cfg")
            .standardized.path()
    }
}
