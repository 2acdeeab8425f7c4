import Testing

@testable import signal_node

@Suite("The event loops of a node")
struct EventLoopPlanTests {
    @Test("one loop serves up to two cores, and shares its thread with the cluster", arguments: [0, 1, 2])
    func few(cores: Int) {
        let plan = EventLoopPlan(configured: 0, cores: cores)
        #expect(plan.sockets == 1)
        #expect(!plan.isClusterApart)
    }

    @Test("with more cores the sockets leave one to the cluster", arguments: [3, 4, 16, 128])
    func many(cores: Int) {
        let plan = EventLoopPlan(configured: 0, cores: cores)
        #expect(plan.sockets == cores - 1)
        #expect(plan.isClusterApart)
    }

    @Test("what the operator says counts, whatever the machine has", arguments: [1, 2, 16])
    func configured(loops: Int) {
        let plan = EventLoopPlan(configured: loops, cores: 4)
        #expect(plan.sockets == loops)
        #expect(plan.isClusterApart == (loops > 1))
    }
}
