import NIOCore
import Testing

@testable import RedisWire

@Suite("Pipeline")
struct PipelineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func pipeline(maxBytes: Int = 100) -> Pipeline<Int> {
        Pipeline(maxBytes: maxBytes, timeout: .seconds(1))
    }

    @Test("replies answer commands in the order of sending")
    func order() {
        var pipeline = pipeline()
        for number in 1...3 { pipeline.append(number, byteCount: 1, now: start) }
        #expect([pipeline.popFirst(), pipeline.popFirst(), pipeline.popFirst()] == [1, 2, 3])
        #expect(pipeline.popFirst() == nil)
    }

    @Test("it admits bytes up to its limit and again after replies")
    func limit() {
        var pipeline = pipeline(maxBytes: 100)
        #expect(pipeline.admits(100))
        #expect(!pipeline.admits(101))
        pipeline.append(1, byteCount: 60, now: start)
        #expect(pipeline.admits(40))
        #expect(!pipeline.admits(41))
        _ = pipeline.popFirst()
        #expect(pipeline.pendingBytes == 0)
        #expect(pipeline.admits(100))
    }

    @Test("the deadline is that of the oldest command")
    func deadline() {
        var pipeline = pipeline()
        #expect(pipeline.deadline == nil)
        #expect(!pipeline.isOverdue(now: .distantFuture))
        pipeline.append(1, byteCount: 1, now: start)
        pipeline.append(2, byteCount: 1, now: start + .milliseconds(400))
        #expect(!pipeline.isOverdue(now: start + .milliseconds(999)))
        #expect(pipeline.isOverdue(now: start + .seconds(1)))
        _ = pipeline.popFirst()
        #expect(pipeline.deadline == start + .milliseconds(1400))
    }

    @Test("what is left is handed over once, in order, and frees the bytes")
    func removal() {
        var pipeline = pipeline()
        for number in 1...3 { pipeline.append(number, byteCount: 30, now: start) }
        _ = pipeline.popFirst()
        #expect(pipeline.removeAll() == [2, 3])
        #expect(pipeline.removeAll().isEmpty)
        #expect(pipeline.isEmpty && pipeline.pendingBytes == 0)
    }
}
