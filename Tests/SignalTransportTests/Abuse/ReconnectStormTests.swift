import SignalNode
import SignalTestKit
import Testing

/// Row 22 of security.md §4: everybody comes back at once.
@Suite("Reconnect storm", .serialized) struct ReconnectStormTests {
    @Test("more than the accept rate wait in the kernel, and all of them get in")
    func waits() async throws {
        try await TestServer.run {
            $0.abuse.acceptRate = 50
        } _: { server in
            let clock = ContinuousClock()
            let start = clock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<120 {
                    group.addTask { try await TestPeer.connect(port: server.port, timeout: .seconds(20)).close() }
                }
                try await group.waitForAll()
            }
            // 50 at once, then 50 per second; a batch may hold a few more. The machine can only make it slower.
            #expect(clock.now - start > .milliseconds(900))
        }
    }

    @Test("who is refused for now is told when to come back, not all the same")
    func jitter() async throws {
        try await TestServer.run {
            $0.rates.connectionsPerIP = 1
        } _: { server in
            let first = try await server.join()
            var told: Set<Int> = []
            for _ in 0..<60 {
                do {
                    try await TestPeer.connect(port: server.port).close()
                    Issue.record("let in")
                } catch let refused as TestPeer.Refused {
                    #expect(refused.status == 429)
                    told.insert(try #require(refused.header("retry-after").flatMap { Int($0) }))
                }
            }
            #expect(told.count > 1 && told.allSatisfy { (1...10).contains($0) })
            try await first.close()
        }
    }
}
