import FailoverHistory
import Testing

@Suite("Honest runs")
struct HonestRunTests {
    static let steps = Step.allCases

    @Test("an honest run passes every goal of its step, whatever the seed", arguments: steps)
    func passes(step: Step) {
        for seed in UInt64(1)...40 {
            let report = Checker.verdict(of: Simulation.history(seed: seed, steps: [step, step]))
            let failed = report.faults.flatMap(\.goals).filter { !$0.passes && $0.measured != nil }
            #expect(failed.isEmpty, "seed \(seed): \(failed) \(report.findings)")
            #expect(report.findings.isEmpty, "seed \(seed): \(report.findings)")
        }
    }
}
