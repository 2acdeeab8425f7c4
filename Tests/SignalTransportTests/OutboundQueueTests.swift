import NIOCore
import Testing

@testable import SignalTransport

@Suite("Outbound queue") struct OutboundQueueTests {
    private final class Sender {}
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("while every flush takes everything, nothing is kept")
    func staysEmpty() {
        var queue = OutboundQueue()
        queue.add(500, from: nil, at: Self.start)
        #expect(queue.bytes == 500)
        #expect(!queue.isCongested)
        queue.drained(to: 0, at: Self.start)
        #expect(queue.bytes == 0)
        #expect(queue.oldest == nil)
    }

    @Test("what a flush leaves behind is known by age and owner until the kernel takes it")
    func knowsOwners() {
        let (anna, ben) = (Sender(), Sender())
        var queue = OutboundQueue()
        queue.add(100, from: nil, at: Self.start)
        queue.drained(to: 60, at: Self.start)
        queue.add(300, from: ObjectIdentifier(anna), at: Self.start + .seconds(1))
        queue.add(50, from: ObjectIdentifier(ben), at: Self.start + .seconds(2))
        #expect(queue.bytes == 410)
        #expect(queue.oldest == Self.start)
        #expect(queue.share(of: ObjectIdentifier(anna)) == 300)
        queue.drained(to: 200, at: Self.start + .seconds(3))
        #expect(queue.oldest == Self.start + .seconds(1))
        #expect(queue.share(of: ObjectIdentifier(anna)) == 150)
        #expect(queue.share(of: ObjectIdentifier(ben)) == 50)
        queue.drained(to: 0, at: Self.start + .seconds(4))
        #expect(!queue.isCongested)
        #expect(queue.share(of: ObjectIdentifier(ben)) == 0)
    }

    @Test("its sum is always what the kernel has not taken", arguments: 0..<100)
    func sumsUp(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let senders = (0..<3).map { _ in Sender() }
        var queue = OutboundQueue()
        var truth = 0
        for step in 0..<500 {
            let now = Self.start + .milliseconds(Int64(step))
            if Bool.random(using: &random) {
                let size = Int.random(in: 1...5_000, using: &random)
                queue.add(size, from: senders.randomElement(using: &random).map { ObjectIdentifier($0) }, at: now)
                truth += size
            } else {
                truth = Int.random(in: 0...truth, using: &random)
                queue.drained(to: truth, at: now)
            }
            let owned = senders.reduce(0) { $0 + queue.share(of: ObjectIdentifier($1)) }
            #expect(queue.bytes == truth && owned <= truth, "seed \(seed) step \(step)")
        }
    }

    @Test("a receiver is given up for too many bytes or too old ones, and not before")
    func boundsReceivers() {
        var policy = SlowReaderPolicy()
        policy.queueBytes = 1_000
        policy.queueMs = 5_000
        var queue = OutboundQueue()
        queue.add(1_000, from: nil, at: Self.start)
        #expect(!policy.isOver(queue))
        #expect(!policy.isOverdue(queue, now: Self.start + .hours(1)))
        queue.drained(to: 1_000, at: Self.start)
        #expect(!policy.isOverdue(queue, now: Self.start + .seconds(5)))
        #expect(policy.isOverdue(queue, now: Self.start + .milliseconds(5_001)))
        queue.add(1, from: nil, at: Self.start)
        #expect(policy.isOver(queue))
    }

    @Test("only the sender that owns most of a long queue has to wait, and never for a small message")
    func pausesTheRightOne() {
        let (flood, other) = (ObjectIdentifier(Sender.self), ObjectIdentifier(OutboundQueueTests.self))
        var policy = SlowReaderPolicy()
        policy.senderPauseBytes = 100_000
        var queue = OutboundQueue()
        queue.add(1, from: nil, at: Self.start)
        queue.drained(to: 1, at: Self.start)
        queue.add(90_000, from: flood, at: Self.start)
        #expect(!policy.mustPause(flood, frameBytes: 20_000, in: queue))
        queue.add(30_000, from: flood, at: Self.start)
        #expect(policy.mustPause(flood, frameBytes: 20_000, in: queue))
        #expect(!policy.mustPause(flood, frameBytes: 16_384, in: queue))
        #expect(!policy.mustPause(other, frameBytes: 20_000, in: queue))
        queue.add(200_000, from: other, at: Self.start)
        #expect(!policy.mustPause(flood, frameBytes: 20_000, in: queue))
    }
}
