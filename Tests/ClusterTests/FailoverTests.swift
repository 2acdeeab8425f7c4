import Foundation
import SignalTestKit
import Testing

/// The whole proof in its short form: processes die while 150 clients talk, and a judge reads what they saw.
///
/// Everything that has to be nothing is, whatever the machine; its times are for `make failover`, on one that is quiet.
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
        for sentence in ["against the protocol", "had no final outcome", "The run broke off"] {
            #expect(!output.contains(sentence), "\(output)")
        }
        let report = try JSONDecoder().decode(
            Report.self, from: try Data(contentsOf: URL(filePath: path("report.json"))))
        for fault in report.faults {
            #expect(fault.acked > 0, "\(fault.name): \(output)")
            let harm = fault.goals.filter { $0.unit == "count" && !$0.passes }
            #expect(harm.isEmpty, "\(fault.name): \(harm)\n\(output)")
            let resumes = [fault.brokenResumes, fault.stranded]
            #expect(resumes.allSatisfy { $0 == 0 }, "\(fault.name): \(resumes)\n\(output)")
        }
        #expect(report.faults.count == 8)
        let isSlow = report.faults.contains { $0.goals.contains { $0.unit == "milliseconds" && !$0.passes } }
        #expect(load.exitCode == (isSlow ? 1 : 0), "\(output)")
        #expect(try String(contentsOfFile: path("timeline.svg"), encoding: .utf8).contains("<svg "))
    }

    @Test("tells what it has seen when it is interrupted, also of a node that ended by itself")
    func interrupted() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "failover-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func path(_ name: String) -> String { directory.appending(path: name).path() }

        let load = try ChildProcess(
            [
                NodeProcess.program("signal-load"), "failover", "--steps", "F1", "--rounds", "9", "--clients", "20",
                "--node", NodeProcess.program("signal-node"), "--edge", Self.edge, "--json", path("report.json"),
            ], environment: ProcessInfo.processInfo.environment, output: path("output"))
        var output: String { (try? String(contentsOfFile: path("output"), encoding: .utf8)) ?? "" }
        func awaitLine(_ line: String) async throws {
            let deadline = ContinuousClock.now + .seconds(120)
            while !output.contains(line) {
                try #require(load.exitCode == nil && ContinuousClock.now < deadline, "no \(line): \(output)")
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await awaitLine("F1 round 1/9")
        // Whatever the node of the next kill is: this one goes before it, or beside it.
        let node = try #require(Self.children(of: load.pid).first { $0.command.contains("signal-node") })
        kill(node.pid, SIGKILL)
        try await awaitLine("F1 round 2/9")
        kill(load.pid, SIGINT)
        #expect(load.wait(seconds: 60), "the run does not end: \(output)")
        #expect(load.exitCode == 2, "\(output)")
        #expect(output.contains("ended by itself with signal 9"), "\(output)")
        #expect(output.contains("The run broke off: it was interrupted"), "\(output)")
        let report = try JSONDecoder().decode(
            Report.self, from: try Data(contentsOf: URL(filePath: path("report.json"))))
        #expect(report.faults.map(\.name) == ["F1"])
    }

    /// The processes that a process has started, and their command lines.
    private static func children(of parent: Int32) -> [(pid: Int32, command: String)] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap { pid in
            let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
            guard status.contains("PPid:\t\(parent)\n") else { return nil }
            return (pid, (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? "")
        }
    }

    private struct Report: Decodable {
        struct Fault: Decodable {
            let name: String
            let acked, brokenResumes, stranded: Int
            let goals: [Goal]
        }

        struct Goal: Decodable {
            let what, unit: String
            let limit: Double
            let measured: Double?

            var passes: Bool { measured.map { $0 <= limit } ?? false }
        }

        let faults: [Fault]
    }

    private static var edge: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../infra/edge/haproxy.cfg")
            .standardized.path()
    }
}
