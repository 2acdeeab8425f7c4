import Backplane
import Testing

@testable import SignalNode

@Suite("Who comes and goes among the nodes")
struct NodeRollTests {
    private func node(_ name: String, startedAt: Int64 = 1, isDraining: Bool = false) -> LiveNode {
        LiveNode(
            node: NodeInstance(bits: 1),
            info: NodeInfo(name: name, version: "1", startedAt: startedAt, isDraining: isDraining), leaseLeftMs: 1,
            report: NodeReport())
    }

    private func words(_ events: [NodeEvent]) -> [String] {
        events.map { String(decoding: $0.text(node: "here", at: 7), as: UTF8.self) }
    }

    @Test("is told from the second look on: the lost, the stopped, the new and the restarted")
    func changes() {
        var roll = NodeRoll()
        #expect(roll.end(with: [node("a"), node("b"), node("c", isDraining: true)]).isEmpty)
        #expect(roll.end(with: [node("a"), node("b"), node("c", isDraining: true)]).isEmpty)
        let told = words(roll.end(with: [node("a", startedAt: 2), node("d")]))
        #expect(
            told == [("a", "lost"), ("b", "lost"), ("c", "stopped"), ("a", "up"), ("d", "up")].map { name, state in
                "event: node\ndata: {\"state\":\"\(state)\",\"node\":\"\(name)\",\"at\":7}\n\n"
            })
    }

    @Test("is not told what happened while nobody looked")
    func forgets() {
        var roll = NodeRoll()
        _ = roll.end(with: [node("a")])
        roll.forget()
        #expect(roll.end(with: [node("b")]).isEmpty)
    }

    @Test("takes one look at a time")
    func looks() {
        var roll = NodeRoll()
        #expect(roll.begin())
        #expect(!roll.begin())
        roll.end()
        #expect(roll.begin())
        _ = roll.end(with: [])
        #expect(roll.begin())
    }
}
