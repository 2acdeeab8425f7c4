import NIOCore
import Testing

@testable import SignalTransport

@Suite("Clock of an event loop") struct LoopClockTests {
    private static let start = NIODeadline.uptimeNanoseconds(5_000_000_000)

    @Test("it follows the real time while the loop turns")
    func follows() {
        var clock = LoopClock(startingAt: Self.start, interval: .milliseconds(500))
        for step in 1...20 { clock.advance(to: Self.start + .milliseconds(Int64(step) * 500)) }
        #expect(clock.now == Self.start + .seconds(10))
    }

    @Test("a pause of the process counts as one step, so that it is nobody's silence")
    func standsStill() {
        var clock = LoopClock(startingAt: Self.start, interval: .milliseconds(500))
        clock.advance(to: Self.start + .hours(1))
        #expect(clock.now == Self.start + .seconds(2))
        clock.advance(to: Self.start + .hours(1) + .milliseconds(500))
        #expect(clock.now == Self.start + .milliseconds(2_500))
    }

    @Test("a loop that has not turned for ten seconds is stuck")
    func pulse() {
        let pulse = LoopPulse()
        pulse.beat(at: Self.start)
        #expect(pulse.isAlive(at: Self.start + .seconds(9)))
        #expect(!pulse.isAlive(at: Self.start + .seconds(10)))
        pulse.beat(at: Self.start + .seconds(10))
        #expect(pulse.isAlive(at: Self.start + .seconds(10)))
    }

    @Test("members of a slot list leave in any order", arguments: 0..<20)
    func slots(_ seed: UInt64) {
        final class Member: Slotted { var slot = -1 }
        var random = SeededGenerator(seed: seed)
        var list = SlotList<Member>()
        var members = (0..<30).map { _ in Member() }
        for member in members { list.insert(member) }
        while let member = members.shuffled(using: &random).first {
            members.removeAll { $0 === member }
            list.remove(member)
            list.remove(member)
            #expect(list.elements.count == members.count, "seed \(seed)")
            #expect(members.allSatisfy { list.elements[$0.slot] === $0 }, "seed \(seed)")
        }
    }
}
