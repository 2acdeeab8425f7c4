import Foundation
import NIOPosix
import Testing

@testable import signal_load

/// The tool against a real server that makes mistakes on purpose.
@Suite("An exchange", .serialized)
struct ExchangeTests {
    @Test("what Redis would have done without any signal is none of a signal's")
    func leavesOutHeartbeats() {
        var outcome = ExchangeRun.Outcome()
        #expect(outcome.perSignal(140, besides: 20) == nil)
        (outcome.sent, outcome.seconds) = (100, 2)
        #expect(outcome.perSignal(140, besides: 20) == 1)
        #expect(outcome.perSignal(140) == 1.4)
        #expect(outcome.perSignal(nil, besides: 20) == nil)
    }

    @Test(
        "of a faultless relay is clean",
        arguments: [(2, Pacing.closed(window: 1)), (2, .open(perSecond: 500)), (10, .closed(window: 4))])
    func clean(roomSize: Int, pacing: Pacing) async throws {
        try await TestRelay.serving { relay in
            let outcome = try await run(relay, roomSize: roomSize, pacing: pacing)
            #expect(outcome.faults == Faults())
            #expect(outcome.deliveries > 0)
            #expect(outcome.latency.count == UInt64(outcome.deliveries))
        }
    }

    @Test(
        "counts exactly the messages a relay drops",
        arguments: [(2, Pacing.closed(window: 1)), (2, .open(perSecond: 500)), (10, .closed(window: 4))])
    func drops(roomSize: Int, pacing: Pacing) async throws {
        try await TestRelay.serving(.drop(every: 37)) { relay in
            let outcome = try await run(relay, roomSize: roomSize, pacing: pacing)
            let dropped = try await relay.injected()
            #expect(dropped > 0)
            #expect(outcome.faults == Faults(lost: dropped))
        }
    }

    @Test("counts exactly the messages a relay repeats", arguments: [2, 10])
    func duplicates(roomSize: Int) async throws {
        try await TestRelay.serving(.duplicate(every: 37)) { relay in
            let outcome = try await run(relay, roomSize: roomSize, pacing: .closed(window: 2))
            let repeated = try await relay.injected()
            #expect(repeated > 0)
            #expect(outcome.faults == Faults(duplicates: repeated))
        }
    }

    @Test("counts exactly the messages a relay swaps")
    func swaps() async throws {
        // Each member holds window ÷ 2 messages under way, so that a held one always finds its successor.
        try await TestRelay.serving(.swap(every: 1_001)) { relay in
            let outcome = try await run(relay, roomSize: 2, pacing: .closed(window: 8))
            let swapped = try await relay.injected()
            #expect(swapped > 0)
            #expect(outcome.faults == Faults(outOfOrder: swapped))
        }
    }

    @Test("spans the event loops of the tool with every room on one of them")
    func severalLoops() async throws {
        try await TestRelay.serving { relay in
            let outcome = try await run(relay, roomSize: 2, pacing: .closed(window: 1), loops: 2)
            #expect(outcome.faults == Faults())
        }
    }

    @Test("sends at the rate it was told")
    func rate() async throws {
        try await TestRelay.serving { relay in
            let outcome = try await run(relay, roomSize: 2, pacing: .open(perSecond: 1_000))
            let perSecond = Double(outcome.sent) / outcome.seconds
            // As fast as it goes it would be many thousands; `PaceTests` counts exactly.
            #expect((200...5_000).contains(perSecond), "\(perSecond) per second")
        }
    }

    @Test("fails with a sentence when nobody listens")
    func refused() async throws {
        let port = try await TestRelay.serving { $0.port }
        let endpoint = try Endpoint("ws://127.0.0.1:\(port)/signal")
        let result = await Suite.brief([endpoint]).run(.pairs)
        #expect(!result.isClean)
        #expect(result.problems.first?.hasPrefix("a connection could not be made: ws://127.0.0.1:\(port)") == true)
    }

    private func run(
        _ relay: TestRelay, roomSize: Int, pacing: Pacing, loops: Int = 1
    ) async throws -> ExchangeRun.Outcome {
        let suite = try Suite.brief([Endpoint(relay.url)])
        return try await ExchangeRun(
            roomSize: roomSize, rooms: 4, messageBytes: 180, pacing: pacing, endpoints: suite.settings.endpoints,
            settings: suite.settings, meter: suite.meter,
            loops: (0..<loops).map { _ in MultiThreadedEventLoopGroup.singleton.next() }
        ).run()
    }
}

extension Suite {
    /// Short runs that measure this very process.
    static func brief(
        _ endpoints: [Endpoint], dialect: any Dialect = SignalDialect(), redis: RedisStatistics? = nil
    ) -> Suite {
        var settings = BenchSettings(endpoints: endpoints, dialect: dialect)
        settings.seconds = 0.4
        settings.warmUpSeconds = 0.1
        settings.settleSeconds = 0.1
        settings.quietSeconds = 0.5
        settings.connections = 200
        settings.rooms = 4
        settings.fanOutRooms = 1
        settings.rate = 500
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        return Suite(
            settings: settings, meter: Meter(pids: [pid], redisPid: nil, redis: redis),
            loops: [MultiThreadedEventLoopGroup.singleton.next()])
    }
}
