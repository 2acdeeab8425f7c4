import Foundation
import NIOCore
import Testing

@testable import signal_load

@Suite("A suite of workloads", .serialized)
struct SuiteTests {
    @Test("measures the CPU of each delivery", arguments: [Workload.pairs, .largePairs, .fanOut])
    func exchanges(workload: Workload) async throws {
        try await TestRelay.serving { relay in
            let result = await Suite.brief([try Endpoint(relay.url)]).run(workload)
            #expect(result.isClean, "\(result.problems)")
            #expect(try #require(result.cpuMicrosPerDelivery) > 0)
            #expect(try #require(result.latencyMicros).p99 > 0)
            #expect(result.rssBytesPerConnection == nil)
        }
    }

    @Test("weighs idle connections")
    func idle() async throws {
        try await TestRelay.serving { relay in
            let result = await Suite.brief([try Endpoint(relay.url)]).run(.idle)
            #expect(result.isClean, "\(result.problems)")
            #expect(result.rssBytesPerConnection != nil)
            #expect(result.cpuMicrosPerDelivery == nil)
        }
    }

    @Test("measures what it costs to come and go")
    func churn() async throws {
        try await TestRelay.serving { relay in
            let result = await Suite.brief([try Endpoint(relay.url)]).run(.churn)
            #expect(result.isClean, "\(result.problems)")
            #expect(try #require(result.joins) > 0)
            #expect(try #require(result.cpuMicrosPerJoin) > 0)
        }
    }

    @Test("sends a cluster's signals from one node to the other and reads what Redis did")
    func cluster() async throws {
        try await RedisServer.running { redis in
            try await TestRelay.serving { first in
                try await TestRelay.serving(sharing: first) { second in
                    let statistics = try await redis.statistics()
                    let endpoints = [try Endpoint(first.url), try Endpoint(second.url)]
                    let result = await Suite.brief(endpoints, redis: statistics).run(.cluster)
                    #expect(result.isClean, "\(result.problems)")
                    // These two nodes share memory, so Redis has nothing to do, and asking it costs nothing.
                    #expect(result.redisCommandsPerSignal == 0)
                    #expect(result.redisBytesPerSignal == 0)
                    #expect(result.redisBytesPerLargeSignal == 0)
                    #expect(try #require(result.redisFloorMicros).p50 > 0)
                }
            }
        }
    }

    @Test("refuses the cluster workload with one node")
    func clusterNeedsTwo() async throws {
        let result = await Suite.brief([try Endpoint("ws://127.0.0.1:1/signal")]).run(.cluster)
        #expect(result.problems == ["W6 needs two nodes: give --url twice"])
    }
}
