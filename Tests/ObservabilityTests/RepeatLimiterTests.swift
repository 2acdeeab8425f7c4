import Logging
import Testing

@testable import Observability

@Suite("Repeated log lines")
struct RepeatLimiterTests {
    @Test("more than N equal lines in a second are held back and reported when the next second begins")
    func suppression() throws {
        let recorded = RecordedLog(repeatsPerSecond: 3)
        let logger = recorded.logger()
        for _ in 0..<10 { logger.warning("peer.refused") }
        logger.warning("other.event")
        #expect(recorded.lines.count == 4)
        recorded.advance(ms: 1_000)
        logger.warning("peer.refused")
        let objects = try recorded.objects
        #expect(objects.count == 6)
        #expect(objects[4]["suppressed"] as? Int == 7)
        #expect(objects[4]["message"] as? String == "peer.refused")
        #expect(objects[4]["level"] as? String == "warn")
        #expect(objects[5]["suppressed"] == nil)
    }

    @Test("the fields of a line do not make it another line; its level and source do")
    func keys() {
        let recorded = RecordedLog(repeatsPerSecond: 1)
        let logger = recorded.logger()
        logger.info("x", metadata: ["a": "1"])
        logger.info("x", metadata: ["a": "2"])
        logger.error("x")
        logger.log(level: .info, "x", source: "elsewhere")
        #expect(recorded.lines.count == 3)
    }

    @Test("what is held back at the end is reported by flush, once")
    func flush() throws {
        let recorded = RecordedLog(repeatsPerSecond: 1)
        for _ in 0..<3 { recorded.logger().info("x") }
        recorded.log.flush()
        recorded.log.flush()
        #expect(try recorded.objects.map { $0["suppressed"] as? Int } == [nil, 2])
    }

    @Test("zero means no limit")
    func off() {
        let recorded = RecordedLog(repeatsPerSecond: 0)
        for _ in 0..<500 { recorded.logger().info("x") }
        #expect(recorded.lines.count == 500)
    }

    @Test("the memory of one second is bounded")
    func bounded() {
        var limiter = RepeatLimiter(perSecond: 1)
        for n in 0..<5_000 {
            let key = RepeatLimiter.Key(level: "info", message: "m\(n)", source: "s")
            let answer = limiter.admit(key, nowMs: 1)
            #expect(answer.isAdmitted)
        }
        let known = RepeatLimiter.Key(level: "info", message: "m0", source: "s")
        let unknown = RepeatLimiter.Key(level: "info", message: "m4999", source: "s")
        let refused = limiter.admit(known, nowMs: 2).isAdmitted
        let passed = limiter.admit(unknown, nowMs: 2).isAdmitted
        #expect(!refused && passed)
    }
}
