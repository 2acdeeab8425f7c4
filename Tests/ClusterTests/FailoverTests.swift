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
        #expect(load.wait(seconds: 420), "the run does not end")
        let output = (try? String(contentsOfFile: path("output"), encoding: .utf8)) ?? ""
        let report = try JSONDecoder().decode(
            Report.self, from: try Data(contentsOf: URL(filePath: path("report.json"))))
        for fault in report.faults {
            #expect(fault.acked > 0, "\(fault.name): \(output)")
            let harm = [
                fault.ackedLost, fault.lies, fault.ghosts, fault.missing, fault.falseLeaves, fault.doubleLeaves,
                fault.duplicatesSurfaced, fault.contradictions,
            ]
            #expect(harm.allSatisfy { $0 == 0 }, "\(fault.name): \(harm)\n\(output)")
        }
        #expect(report.faults.count == 8)
        #expect(try String(contentsOfFile: path("timeline.svg"), encoding: .utf8).contains("<svg "))
    }

    /// What must be nothing whatever the machine; its times are for `make failover`, on a machine that is quiet.
    private struct Report: Decodable {
        struct Fault: Decodable {
            let name: String
            let acked, ackedLost, lies, ghosts, missing, falseLeaves, doubleLeaves, duplicatesSurfaced,
                contradictions: Int
        }

        let faults: [Fault]
    }

    private static var edge: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../infra/edge/haproxy.cfg")
            .standardized.path()
    }
}
