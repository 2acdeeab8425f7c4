import Testing

@testable import signal_load

@Suite("An open loop's pace")
struct PaceTests {
    @Test("is due at fixed times, whenever one looks")
    func due() {
        var pace = OpenLoopPace(start: 1_000, perSecond: 1_000_000)
        #expect(pace.take(by: 999) == nil)
        #expect(pace.take(by: 1_000) == 1_000)
        #expect(pace.take(by: 1_999) == nil)
        // A stall of five intervals: five messages, each with the time at which it should have left.
        var caughtUp: [UInt64] = []
        while let due = pace.take(by: 6_500) { caughtUp.append(due) }
        #expect(caughtUp == [2_000, 3_000, 4_000, 5_000, 6_000])
        #expect(pace.nextDue == 7_000)
    }

    @Test("counts what waits behind a stall, message by message")
    func stalls() async throws {
        // Half of the time the relay stops, and with it the tool on the same event loop. So nearly half of the messages
        // leave late, and a tool that counted from then would see hardly any slow one.
        try await TestRelay.serving(.stall(every: 100, milliseconds: 100)) { relay in
            let suite = try Suite.brief([Endpoint(relay.url)])
            let outcome = try await ExchangeRun(
                roomSize: 2, rooms: 4, messageBytes: 180, pacing: .open(perSecond: 500),
                endpoints: suite.settings.endpoints, settings: suite.settings, meter: suite.meter, loops: [relay.loop]
            ).run()
            #expect(outcome.faults == Faults())
            #expect(try #require(outcome.latency.percentile(0.75)) > 20_000_000)
        }
    }

    @Test("does not drift over many messages")
    func drift() {
        var pace = OpenLoopPace(start: 0, perSecond: 3)
        var last: UInt64 = 0
        for _ in 0...30_000 { last = pace.take(by: .max) ?? 0 }
        #expect(last == 10_000_000_000_000)
    }
}
