import FailoverHistory
import Testing

@Suite("Seeded faults")
struct InjectionTests {
    static let seeds = UInt64(1)...200

    struct Honest: Sendable {
        let history: History
        let result: StepResult
    }

    /// One honest history per step and seed, shared by the kinds of wrong.
    static let honest: [Step: [Honest]] = {
        var all: [Step: [Honest]] = [:]
        for step in Set(Injection.all.map(\.step)) {
            all[step] = seeds.compactMap { seed in
                let history = Simulation.history(seed: seed, steps: [step])
                return Checker.verdict(of: history).faults.first.map { Honest(history: history, result: $0) }
            }
        }
        return all
    }()

    @Test("the judge counts every wrong that is done to an honest history", arguments: Injection.all)
    func flagged(injection: Injection) throws {
        let runs = try #require(Self.honest[injection.step])
        var done = 0
        for run in runs {
            var history = run.history
            var random = SeededRandom(history.seed &+ 1_000_003)
            guard let wrongs = injection.spoil(&history, &random) else { continue }
            done += 1
            let report = Checker.verdict(of: history)
            let result = try #require(report.faults.first)
            let counted = injection.count(result) - injection.count(run.result)
            #expect(counted == wrongs, "seed \(history.seed): \(report.findings)")
            guard let row = injection.row else {
                #expect(result.goals.filter { !$0.passes } == run.result.goals.filter { !$0.passes })
                continue
            }
            #expect(report.verdict == .fail, "seed \(history.seed)")
            let goal = try #require(result.goals.first { $0.what == row })
            #expect(!goal.passes, "seed \(history.seed): \(goal)")
        }
        #expect(done >= 100, "only \(done) histories had something to spoil")
    }
}
