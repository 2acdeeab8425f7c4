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
        for _ in 0..<2 {
            let told = roll.end(with: [node("a"), node("b"), node("c", isDraining: true)])
            #expect(told.isEmpty)
        }
        let told = words(roll.end(with: [node("a", startedAt: 2), node("d")]))
        #expect(
            told
                == [("a", "lost"), ("b", "lost"), ("c", "stopped"), ("a", "up"), ("d", "up")].map { name, state in
                    "event: node\ndata: {\"state\":\"\(state)\",\"node\":\"\(name)\",\"at\":7}\n\n"
                })
    }

    @Test("is not told what happened while nobody looked")
    func forgets() {
        var roll = NodeRoll()
        _ = roll.end(with: [node("a")])
        roll.forget()
        let told = roll.end(with: [node("b")])
        #expect(told.isEmpty)
    }

    @Test("takes one look at a time")
    func looks() {
        var roll = NodeRoll()
        var begun = [roll.begin(), roll.begin()]
        roll.end()
        begun += [roll.begin(), roll.begin()]
        _ = roll.end(with: [])
        begun += [roll.begin()]
        #expect(begun == [true, false, true, false, true])
    }
}
