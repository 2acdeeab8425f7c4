import Testing

@testable import signal_load

@Suite("The cost of an event")
struct EventCostTests {
    /// Four heartbeats in two seconds, and a PING.
    private let idle = RedisActivity(
        calls: ["evalsha": 4, "get": 8, "publish": 4, "zrangebyscore": 4, "ping": 1], bytesIn: 400, bytesOut: 800,
        cpuMicros: 2_000)

    @Test("leaves out the heartbeats that came meanwhile, and only those")
    func heartbeats() throws {
        let rate = try #require(IdleRate(idle, seconds: 2))
        let busy = RedisActivity(
            calls: ["evalsha": 13, "get": 6, "publish": 13, "zrangebyscore": 3, "hset": 10, "ping": 5], bytesIn: 1_300,
            bytesOut: 1_600, cpuMicros: 6_000)
        let rest = rate.removed(from: busy, seconds: 1)
        #expect(
            rest
                == RedisActivity(
                    calls: ["evalsha": 10, "publish": 10, "hset": 10], bytesIn: 1_000, bytesOut: 1_000, cpuMicros: 5_000
                ))
        #expect(rate.removed(from: idle, seconds: 2) == RedisActivity())
    }

    @Test("is never below nothing, however quiet it was")
    func neverNegative() throws {
        let rate = try #require(IdleRate(idle, seconds: 2))
        let quiet = RedisActivity(
            calls: ["evalsha": 1, "get": 2, "publish": 1, "zrangebyscore": 1], bytesIn: 90, bytesOut: 190, cpuMicros: 10
        )
        #expect(rate.removed(from: quiet, seconds: 1) == RedisActivity())
    }

    @Test("cannot be told without a heartbeat")
    func noHeartbeat() {
        #expect(IdleRate(RedisActivity(calls: ["get": 1]), seconds: 1) == nil)
    }

    @Test("counts a script as one command and what it calls apart")
    func scripts() {
        let activity = RedisActivity(
            calls: ["evalsha": 10, "sadd": 10, "hset": 20, "publish": 10], bytesIn: 500, bytesOut: 100, cpuMicros: 50)
        let cost = EventCost(activity, events: 10, publisher: .scripts)
        #expect((cost.commands, cost.callsInScripts) == (2, 3))
        #expect((cost.bytesIn, cost.bytesOut, cost.cpuMicros) == (50, 10, 5))
    }

    @Test("takes a PUBLISH for a command where no script publishes")
    func publishes() {
        let cost = EventCost(RedisActivity(calls: ["publish": 5]), events: 10, publisher: .nodes)
        #expect((cost.commands, cost.callsInScripts) == (0.5, 0))
        let inside = EventCost(RedisActivity(calls: ["publish": 5]), events: 10, publisher: .scripts)
        #expect((inside.commands, inside.callsInScripts) == (0, 0.5))
    }

    @Test("may be given per second instead of per event")
    func perSecond() {
        let cost = EventCost(RedisActivity(calls: ["evalsha": 12]), events: 12, per: 3, publisher: .scripts)
        #expect((cost.events, cost.commands) == (12, 4))
    }
}
