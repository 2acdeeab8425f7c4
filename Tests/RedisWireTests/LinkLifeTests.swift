import NIOCore
import Testing

@testable import RedisWire

@Suite("Life of a link")
struct LinkLifeTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private var generator = SeededGenerator(seed: 42)

    private func life() -> LinkLife {
        LinkLife(backoff: Backoff(min: .milliseconds(50), max: .seconds(2)), stableAfter: .seconds(2))
    }

    @Test("it dials once, is greeted and comes up with generation 1")
    func comesUp() {
        var life = life()
        #expect(life.start() == 1)
        #expect(life.start() == nil)
        #expect(life.connected(1) == true)
        #expect(!life.isUp)
        #expect(life.greeted(1, now: start) == 1)
        #expect(life.isUp)
    }

    @Test("every loss is followed by a pause and another attempt, for ever")
    mutating func retries() {
        var life = life()
        #expect(life.start() == 1)
        for attempt in UInt64(1)...1000 {
            #expect(life.ended(attempt, now: start, using: &generator) != nil)
            #expect(life.pauseEnded(attempt) == attempt + 1)
        }
        #expect(life.generation == 0)
    }

    @Test("a pause can be cut short, once, and its own end then changes nothing")
    mutating func cutShort() {
        var life = life()
        #expect(life.pauseCutShort() == nil)
        _ = life.start()
        #expect(life.pauseCutShort() == nil)
        _ = life.ended(1, now: start, using: &generator)
        #expect(life.pauseCutShort() == 2)
        #expect(life.pauseCutShort() == nil)
        #expect(life.pauseEnded(1) == nil)
        #expect(life.connected(2) == true)
    }

    @Test("the generation rises with each connection that came up and with no other")
    mutating func generations() {
        var life = life()
        _ = life.start()
        for generation in UInt64(1)...3 {
            let good = 2 * generation - 1
            #expect(life.connected(good) == true)
            #expect(life.greeted(good, now: start) == generation)
            for attempt in [good, good + 1] {
                #expect(life.ended(attempt, now: start, using: &generator) != nil)
                #expect(life.pauseEnded(attempt) == attempt + 1)
            }
        }
        #expect(life.generation == 3)
    }

    @Test("what an earlier attempt reports late changes nothing")
    mutating func staleReports() {
        var life = life()
        _ = life.start()
        _ = life.ended(1, now: start, using: &generator)
        _ = life.pauseEnded(1)
        #expect(life.connected(1) == false)
        #expect(life.greeted(1, now: start) == nil)
        #expect(life.ended(1, now: start, using: &generator) == nil)
        #expect(life.pauseEnded(1) == nil)
        #expect(life.phase == .dialing(2))
    }

    @Test("a closed link never dials again")
    mutating func closed() {
        var life = life()
        _ = life.start()
        #expect(life.close() == true)
        #expect(life.close() == false)
        #expect(life.connected(1) == false)
        #expect(life.ended(1, now: start, using: &generator) == nil)
        #expect(life.pauseEnded(1) == nil)
        #expect(life.start() == nil)
    }

    @Test("a short connection does not reset the backoff, a stable one does", arguments: [true, false])
    mutating func stability(isStable: Bool) {
        var life = life()
        _ = life.start()
        for attempt in UInt64(1)...20 {
            _ = life.ended(attempt, now: start, using: &generator)
            _ = life.pauseEnded(attempt)
        }
        _ = life.connected(21)
        _ = life.greeted(21, now: start)
        let end = start + (isStable ? .seconds(2) : .milliseconds(1999))
        var highest = HighestGenerator()
        let pause = life.ended(21, now: end, using: &highest)
        #expect(pause == (isStable ? .milliseconds(50) : .seconds(2)))
    }
}

@Suite("Backoff")
struct BackoffTests {
    @Test("the bound doubles from the minimum to the maximum and stays there")
    func bounds() {
        var backoff = Backoff(min: .milliseconds(50), max: .seconds(2))
        var generator = HighestGenerator()
        let pauses = (0..<8).map { _ in backoff.next(using: &generator) }
        #expect(pauses == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.bound == .milliseconds(50))
    }

    @Test("a pause is anywhere between zero and the bound", arguments: [UInt64](1...20))
    func jitter(seed: UInt64) {
        var backoff = Backoff(min: .milliseconds(50), max: .seconds(2))
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let bound = backoff.bound
            let pause = backoff.next(using: &generator)
            #expect(pause >= .zero && pause <= bound, "seed \(seed)")
        }
    }

    @Test("extreme settings never overflow")
    func extremes() {
        var generator = SeededGenerator(seed: 7)
        var backoff = Backoff(min: .nanoseconds(.max / 2 + 1), max: .nanoseconds(.max))
        for _ in 0..<200 { #expect(backoff.next(using: &generator) >= .zero) }
        var zero = Backoff(min: .zero, max: .zero)
        for _ in 0..<200 { #expect(zero.next(using: &generator) == .zero) }
    }
}
