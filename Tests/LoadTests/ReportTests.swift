import Foundation
import Testing

@testable import signal_load

@Suite("A report")
struct ReportTests {
    @Test("lines its columns up")
    func table() {
        var table = TextTable([("name", .left), ("µs", .right), ("note", .left)])
        table.append(["a", "1", "≤ x"])
        table.append(["longer", "100.5"])
        #expect(
            table.render() == """
                name       µs  note
                ──────  ─────  ────
                a           1  ≤ x
                longer  100.5
                """)
    }

    @Test("shows every workload with its goal, and the machine")
    func text() {
        let machine = Machine(cores: 2, cpu: "Fast CPU", system: "Linux")
        var result = WorkloadResult(workload: .pairs)
        result.cpuMicrosPerDelivery = 12.34
        result.lost = 3
        let report = BenchReport(
            machine: machine, workloads: [result] + Workload.allCases.dropFirst().map { .init(workload: $0) })
        let text = report.text()
        #expect(text.hasPrefix("Fast CPU, 2 cores, Linux\n"))
        for figure in Figure.all { #expect(text.contains(figure.title)) }
        let row = text.split(separator: "\n").first { $0.hasPrefix("W1") }
        #expect(row?.contains("12.3") == true)
        #expect(Set(Figure.all.map(\.workload)) == Set(Workload.allCases))
    }

    @Test("has an object per workload, with null for what does not apply")
    func json() throws {
        var result = WorkloadResult(workload: .idle)
        result.rssBytesPerConnection = 4_000
        let report = BenchReport(machine: .current(), workloads: [result])
        let object = try JSONSerialization.jsonObject(with: report.json()) as? [String: Any]
        let first = try #require((object?["workloads"] as? [[String: Any]])?.first)
        #expect(first["workload"] as? String == "W4")
        #expect(first["rssBytesPerConnection"] as? Double == 4_000)
        for name in [
            "cpuMicrosPerDelivery", "latencyMicros", "redisFloorMicros", "redisCommandsPerSignal",
            "redisBytesPerSignal",
        ] {
            #expect(first[name] is NSNull, "\(name)")
        }
        for name in ["deliveries", "lost", "duplicates", "outOfOrder"] { #expect(first[name] as? Int == 0, "\(name)") }
    }

    @Test("is clean only without any fault")
    func verdict() {
        var faulty: [WorkloadResult] = (0..<4).map { _ in WorkloadResult(workload: .pairs) }
        faulty[0].lost = 1
        faulty[1].duplicates = 1
        faulty[2].outOfOrder = 1
        faulty[3].include(Faults(disconnected: 1, firstDisconnect: "gone"))
        for result in faulty {
            #expect(!BenchReport(machine: .current(), workloads: [.init(workload: .idle), result]).isClean)
        }
        #expect(BenchReport(machine: .current(), workloads: [.init(workload: .idle)]).isClean)
    }

    @Test("of several runs shows the median one with the faults of all")
    func median() throws {
        let runs = [9.0, 1, 5].map { cpu in
            var run = WorkloadResult(workload: .pairs, problems: cpu == 1 ? ["odd"] : [])
            run.cpuMicrosPerDelivery = cpu
            run.lost = Int(cpu)
            return run
        }
        let median = try #require(WorkloadResult.median(of: runs))
        #expect(median.cpuMicrosPerDelivery == 5)
        #expect(median.lost == 15)
        #expect(median.problems == ["odd"])
    }

    @Test("tells how to switch a node's message limit off")
    func rateLimited() {
        let faults = Faults(refused: 2, firstRefusal: #"{"type":"error","code":"rate_limited"}"#)
        #expect(faults.sentences.first?.hasSuffix("(start a node with RATE_LIMIT_MESSAGES_PER_MINUTE=0)") == true)
    }
}
