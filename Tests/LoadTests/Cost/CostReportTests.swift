import Foundation
import Testing

@testable import signal_load

@Suite("The report of costs")
struct CostReportTests {
    private func row(_ formula: Formula, _ calls: [String: Int], events: Int = 10) -> CostRow {
        CostRow("an event", formula, EventCost(RedisActivity(calls: calls), events: events, publisher: .nodes))
    }

    @Test("holds a formula that is met exactly, and not one command more")
    func limit() {
        #expect(row(.firstJoin, ["evalsha": 10, "sadd": 10]).holds)
        #expect(!row(.firstJoin, ["evalsha": 11, "sadd": 10]).holds)
        #expect(row(.directed, ["publish": 1]).holds)
        #expect(!row(.directed, ["publish": 11]).holds)
    }

    @Test("lets a formula of nothing hold only if Redis does nothing at all")
    func nothing() {
        #expect(row(.local, [:]).holds)
        #expect(!row(.local, ["publish": 1], events: 1_000).holds)
        #expect(!row(.local, ["hget": 1], events: 1_000).holds)
    }

    @Test("expects a confirmation per signal when they are rare, and one per 50 ms when they are not")
    func confirmations() {
        #expect(Formula.reliable(5, within: .seconds(5)).limit == 2)
        #expect(abs(Formula.reliable(600, within: .seconds(3)).limit - (1 + 61.0 / 600)) < 1e-9)
    }

    @Test("lets the cost of a death grow with its rooms, and with each survivor by a claim")
    func deaths() {
        let few = Formula.sweep(survivors: 3, rooms: 40).limit
        let many = Formula.sweep(survivors: 30, rooms: 40).limit
        #expect(few > 3 && few < 3.5)
        #expect(abs(many - few - 54.0 / 40) < 1e-9)
    }

    @Test("bounds growth by the smallest cluster")
    func growth() {
        #expect(GrowthRow("flat", [(3, 10), (10, 14), (30, 12)]).holds)
        #expect(!GrowthRow("steep", [(3, 10), (10, 20), (30, 12)]).holds)
        #expect(GrowthRow("steep", [(3, 10), (10, 20), (30, 12)]).growth == 2)
        #expect(!GrowthRow("nothing to compare with", [(3, 0), (30, 1)]).holds)
    }

    @Test("names what exceeds its formula, in the table and for programs")
    func text() throws {
        let rows = [row(.detach, ["evalsha": 10]), row(.join, ["evalsha": 12]), row(.detach, ["evalsha": 9])]
        let growth = [GrowthRow("commands per node", [(3, 1), (30, 1)])]
        let report = CostReport(machine: .current(), redisVersion: "7.0.15", rows: rows, growth: growth)
        #expect(!report.holds)
        let lines = report.text().split(separator: "\n")
        #expect(lines.count { $0.contains("1.20") && $0.contains("✘") } == 1)
        #expect(lines.count { $0.hasPrefix("* UPDATE: shows the peer as away") } == 1)
        let json = try JSONSerialization.jsonObject(with: report.json()) as? [String: Any]
        let holds = (json?["rows"] as? [[String: Any]])?.map { $0["holds"] as? Bool }
        #expect(holds == [true, false, true])
        #expect((json?["growth"] as? [[String: Any]])?.first?["growth"] as? Double == 1)
        #expect(CostReport(machine: .current(), redisVersion: "", rows: [rows[0]], growth: growth).holds)
    }
}
