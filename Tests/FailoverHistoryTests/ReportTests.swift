import FailoverHistory
import Foundation
import FoundationXML
import Testing

@Suite("Reports")
struct ReportTests {
    @Test("nothing run is no pass")
    func empty() {
        let report = Checker.verdict(of: History(seed: 1, machine: "m", startedAt: "now"))
        #expect(report.verdict == .fail)
        #expect(report.faults.isEmpty)
    }

    @Test("a goal without a sample is no pass")
    func noSample() throws {
        let result = try SmallCaseTests.result(SmallCaseTests.history())
        let goal = try #require(result.goals.first { $0.what == "peer-left at survivors, p99" })
        #expect(goal.measured == nil)
        #expect(!goal.passes)
        #expect(!result.passes)
    }

    @Test("none among n is at most 3/n")
    func ruleOfThree() throws {
        let run = Simulation.history(seed: 3, steps: [.kill])
        let result = try SmallCaseTests.result(run)
        #expect(result.acked > 0 && result.ackedLost == 0)
        #expect(result.upperBounds["ackedLost"] == 3 / Double(result.acked))
    }

    @Test("detection has 6 s with a lease of 5 s and 4 s with one of 3 s", arguments: [(5, 6000.0), (3, 4000.0)])
    func detectionGoal(lease: Int64, limit: Double) {
        let goals = Goal.all(for: .kill, timing: Timing(lease: lease * 1_000_000))
        #expect(goals.first { $0.what == "peer-left at survivors, p99" }?.limit == limit)
    }

    @Test("every step has goals with distinct names", arguments: Step.allCases)
    func goals(step: Step) {
        let names = Goal.all(for: step, timing: Timing()).map(\.what)
        #expect(Set(names).count == names.count)
        for universal in ["ghosts", "false peer-left", "duplicates surfaced"] { #expect(names.contains(universal)) }
        #expect(names.contains { $0.hasPrefix("acked and lost") })
    }

    @Test("the JSON has the field names that others rely on")
    func json() throws {
        let data = try Checker.verdict(of: Simulation.history(seed: 3, steps: [.kill])).json()
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["verdict"] as? String == "pass")
        let fault = try #require((object["faults"] as? [[String: Any]])?.first)
        let fields = [
            "name", "n", "detectMs", "resumeMs", "acked", "ackedLost", "undeliverable", "ghosts", "falseLeaves",
            "duplicatesWire", "duplicatesSurfaced", "maxDivergenceMs",
        ]
        for field in fields { #expect(fault[field] != nil, "\(field)") }
        let detection = try #require(fault["detectMs"] as? [String: Any])
        for field in ["p50", "p99", "max"] { #expect(detection[field] != nil, "\(field)") }
    }

    @Test("the text names every goal, its limit and its figure")
    func text() {
        let text = Checker.verdict(of: Simulation.history(seed: 3, steps: [.kill, .redisPause])).text()
        for part in ["F1", "F5a", "≤ 6,000 ms", "acked and lost", "verdict: pass"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("the page has a row per step, every figure of it, and the kills and bounds of all steps together")
    func markdown() throws {
        let report = Checker.verdict(of: Simulation.history(seed: 3, steps: [.kill, .doubleKill, .redisPause]))
        let page = try JSONDecoder().decode(Report.self, from: report.json()).markdown()
        #expect(page == report.markdown(), "the JSON holds all of it")
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count == 2 + report.faults.count)
        #expect(Set(rows.map { $0.count { $0 == "|" } }).count == 1)
        for (row, step) in zip(rows.dropFirst(2), report.faults) {
            #expect(row.hasPrefix("| \(step.name) ") && row.hasSuffix(step.passes ? "| pass |" : "| **fail** |"))
        }
        let kills = report.faults.reduce(0) { $0 + $1.n * ($1.step == .kill ? 1 : $1.step == .doubleKill ? 2 : 0) }
        #expect(kills > 0 && page.contains("In all \(kills) nodes got SIGKILL"))
        #expect(page.contains("acknowledged and lost: 0 of") && page.contains("with 95 %"))
    }

    @Test("a lost signal has no bound")
    func markdownOfLoss() throws {
        var history = Simulation.history(seed: 3, steps: [.kill])
        var random = SeededRandom(3)
        let count = try #require(Injection.signals[0].spoil(&history, &random))
        #expect(count > 0)
        #expect(!Checker.verdict(of: history).markdown().contains("acknowledged and lost: 0"))
    }

    @Test("the timeline is valid XML without scripts, whatever a node is called", arguments: Step.allCases)
    func timeline(step: Step) throws {
        var history = Simulation.history(seed: 11, steps: [step])
        history.append(.nodeUp(node: "<script>&\"\u{1}"), at: 5_000_000)
        history.machine = "]]> <b>"
        for svg in [Timeline.svg(of: Judgement(of: history)), Timeline.svg(of: Judgement(of: history), step: step)] {
            #expect(XMLParser(data: Data(svg.utf8)).parse())
            #expect(!svg.contains("<script"))
            for part in ["node1", "Redis", "Resume", "Detection", step.rawValue] { #expect(svg.contains(part)) }
        }
    }

    @Test("a timeline of a history without rounds is drawn too")
    func emptyTimeline() {
        let svg = Timeline.svg(of: Judgement(of: History(seed: 1, machine: "m", startedAt: "now")))
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        #expect(svg.contains("FAIL"))
    }
}
