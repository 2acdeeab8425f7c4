import Foundation
import Testing

@testable import signal_load

@Suite("A short run of the costs", .serialized)
struct CostRunTests {
    @Test("finds that three real nodes ask no more of Redis than the formulas say", .timeLimit(.minutes(2)))
    func quick() async throws {
        let directory = NSTemporaryDirectory() + "cost-run-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let run = CostRun(sizes: .quick, binary: try NodeBinary.find(nil), directory: directory, say: { _ in })
        let report = try await run.report()
        #expect(report.rows.count == 31)
        // A slow machine stores signals that nobody confirms in time, and lets ticks bunch.
        let timeless = report.rows.filter { row in
            ![Formula.idle(nodes: 3), SteadyLoad.formula].contains(row.formula) && !row.title.contains("receipt")
        }
        #expect(timeless.count == 26)
        for row in timeless { #expect(row.holds, "\(row.title): \(row.commands) commands, \(row.formula.text)") }
        for row in timeless where row.formula.limit > 0 {
            #expect(row.commands > 0, "\(row.title) asked nothing of Redis: was anything measured?")
        }
        // What a formula names has happened, not less.
        for row in timeless where row.title.contains("join") || row.title.contains("resume") {
            #expect(row.commands == row.formula.limit, "\(row.title): \(row.commands) commands, \(row.formula.text)")
        }
    }
}
