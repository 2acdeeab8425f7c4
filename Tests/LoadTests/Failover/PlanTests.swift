import FailoverHistory
import Testing

@testable import signal_load

@Suite("The plan of a failover run")
struct PlanTests {
    @Test("puts rooms on one, two and three nodes as the specification says")
    func rooms() {
        func count(_ clients: Int) -> [Int] {
            let spreads = RoomPlan(clients: clients).spreads
            return [1, 2, 3].map { spread in spreads.count { $0 == spread } }
        }
        #expect(count(3_000) == [500, 80, 20])
        #expect(count(300) == [50, 8, 2])
        #expect(count(20).allSatisfy { $0 > 0 })
        #expect(count(5) == [1, 0, 0])
    }

    @Test("lets members of a spread room begin on as many nodes, and go on to all others and the edge")
    func choices() {
        let plan = RoomPlan(clients: 300)
        for (room, spread) in plan.spreads.enumerated() {
            let choices = (0..<RoomPlan.roomSize).map { plan.choices(room: room, place: $0, nodes: 3) }
            if spread == 1 {
                #expect(choices.allSatisfy { $0 == [nil] })
            } else {
                #expect(Set(choices.map { $0[0] }).count == spread)
                #expect(choices.allSatisfy { Set($0).count == 4 && $0.last == .some(nil) })
            }
        }
    }

    @Test("names its steps alone or by family, and knows no others")
    func steps() {
        func names(_ asked: String, of schedule: Schedule = .quick) -> [String]? {
            schedule.only(asked.split(separator: ",").map(String.init))?.entries.map(\.step.step.rawValue)
        }
        #expect(names("F1") == ["F1"])
        #expect(names("F1", of: .full) == ["F1"])
        #expect(names("f4") == ["F4b"])
        #expect(names("F4", of: .full) == ["F4a", "F4b"])
        #expect(names("F4a") == ["F4a"])
        #expect(names("F9,F1") == ["F1", "F9"])
        #expect(names("F7") == ["F7"])
        #expect(names("F77") == nil)
        #expect(names("F") == nil)
    }

    @Test("kills a hundred nodes in its full form and plays every step")
    func full() {
        func rounds(_ step: Step) -> Int { Schedule.full.entries.first { $0.step.step == step }?.rounds ?? 0 }
        #expect(rounds(.kill) + rounds(.lateCommands) + 2 * rounds(.doubleKill) + rounds(.killAndFailover) > 100)
        #expect(Set(Schedule.full.entries.map(\.step.step)) == Set(Step.allCases))
    }

    @Test("plays every step with containers, or says why it cannot")
    func containers() {
        let played = Set(Schedule.containers.entries.map(\.step.step))
        for step in Step.allCases {
            #expect((Schedule.containersRefuse(step) == nil) == played.contains(step), "\(step.rawValue)")
        }
        #expect(Schedule.containers.only(["F4b"], rest: .containers) == nil)
        #expect(Schedule.containers.only(["F4"], rest: .containers)?.entries.count == 1)
    }

    @Test("gives every client one reliable and two best-effort turns a second, spread over it")
    func pace() {
        var pace = Pace()
        for client in 0..<250 { pace.add(client) }
        var reliable: [Int: Int] = [:]
        var bestEffort: [Int: Int] = [:]
        for _ in 0..<Pace.slots {
            let turn = pace.next()
            #expect(turn.reliable.count <= 3)
            for client in turn.reliable { reliable[client, default: 0] += 1 }
            for client in turn.bestEffort { bestEffort[client, default: 0] += 1 }
        }
        #expect(reliable.count == 250 && reliable.values.allSatisfy { $0 == 1 })
        #expect(bestEffort.count == 250 && bestEffort.values.allSatisfy { $0 == 2 })
    }

    @Test("knows its clients by their names")
    func names() {
        #expect(PeerNames.client(named: PeerNames.name(of: 1_000_007)) == Client(1_000_007))
        for name in ["", "c", "c-1", "d1", "c99999999999", "c1x"] {
            #expect(PeerNames.client(named: name) == .stranger)
        }
    }
}
