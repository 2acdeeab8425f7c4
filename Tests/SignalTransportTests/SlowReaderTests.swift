import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// Peers that do not read, over real sockets with small kernel buffers.
@Suite("Slow readers", .serialized) struct SlowReaderTests {
    /// A message of 64 KiB under a mask of zeros, which costs nothing to put on.
    private static func chunk(_ number: Int) -> [UInt8] {
        let text = "{\"type\":\"chunk\",\"n\":\(number),\"data\":\"" + String(repeating: "x", count: 65_536) + "\"}"
        return TestFrame.bytes(opcode: 1, Array(text.utf8), key: [0, 0, 0, 0])
    }

    @Test("a receiver whose queue is full is closed with 1013, and the others get everything")
    func closesFullQueue() async throws {
        try await TestServer.run {
            $0.outbound.queueBytes = 1_048_576
            $0.liveness.closeTimeoutMs = 30_000
            $0.outbound.senderPauseBytes = 0
        } _: { server in
            let (sender, reader) = (try await server.join(), try await server.join())
            let stuck = try await server.join(receiveBuffer: 4_096)
            try await stuck.connection.setReading(false)
            for number in 0..<100 { try await sender.sendRaw(Self.chunk(number)) }
            for number in 0..<100 { #expect(try await reader.next()["n"] == "\(number)") }
            try await stuck.connection.setReading(true)
            #expect(try await stuck.expectClose() == TestClose(code: 1013, reason: "slow_consumer"))
        }
    }

    @Test("what waits for a reader that never reads stays within its queue, and the others wait for nobody")
    func othersUnaffected() async throws {
        try await TestServer.run {
            $0.outbound.queueBytes = 1_048_576
            $0.outbound.senderPauseBytes = 0
        } _: { server in
            let (sender, reader) = (try await server.join(), try await server.join())
            var most = 0
            /// In step: each message has arrived before the next one is sent.
            func pass(_ numbers: Range<Int>) async throws -> [Duration] {
                var times: [Duration] = []
                for number in numbers {
                    let begin = ContinuousClock.now
                    try await sender.sendRaw(Self.chunk(number))
                    #expect(try await reader.next()["n"] == "\(number)")
                    times.append(.now - begin)
                    most = max(most, server.server.outboundBytes)
                }
                return times.sorted()
            }
            let alone = try await pass(0..<300)
            let stuck = try await server.join(receiveBuffer: 4_096)
            try await stuck.connection.setReading(false)
            let beside = try await pass(300..<600)
            // A report; the verdict is in what arrived and in what waited.
            print("p50 and p99 of the others: \(alone[150]), \(alone[297]) alone,", terminator: " ")
            print("\(beside[150]), \(beside[297]) beside the reader that never reads")
            #expect(most <= 1_048_576 + 2 * 65_600)
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 2 })
            #expect(try await TestServer.eventually { server.server.outboundBytes == 0 })
        }
    }

    @Test("a receiver whose oldest message waits too long is closed with 1013")
    func closesOldQueue() async throws {
        try await TestServer.run {
            $0.outbound.queueMs = 200
            $0.liveness.closeTimeoutMs = 30_000
            $0.outbound.senderPauseBytes = 0
        } _: { server in
            let (sender, reader) = (try await server.join(), try await server.join())
            let stuck = try await server.join(receiveBuffer: 4_096)
            try await stuck.connection.setReading(false)
            for number in 0..<100 { try await sender.sendRaw(Self.chunk(number)) }
            for number in 0..<100 { #expect(try await reader.next()["n"] == "\(number)") }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 2 })
            try await stuck.connection.setReading(true)
            #expect(try await stuck.expectClose().code == 1013)
        }
    }

    @Test("a local sender that floods a slow receiver is paused instead, and nothing is lost", arguments: [1, 2])
    func pausesSender(_ loops: Int) async throws {
        try await TestServer.run(loops: loops) {
            $0.outbound.senderPauseBytes = 262_144
            $0.outbound.queueBytes = 4_194_304
        } _: { server in
            let sender = try await server.join()
            let slow = try await server.join(receiveBuffer: 4_096)
            try await slow.connection.setReading(false)
            let count = 400
            let flood = Task {
                for number in 0..<count { try await sender.sendRaw(Self.chunk(number)) }
            }
            // 26 MB cannot fit into 4 MiB: either the sender waits or the receiver is closed.
            try await Task.sleep(for: .milliseconds(300))
            try await slow.connection.setReading(true)
            for number in 0..<count { #expect(try await slow.next(timeout: .seconds(20))["n"] == "\(number)") }
            try await flood.value
        }
    }

    @Test("over the budget of the node the largest queue is cut off")
    func boundsNode() async throws {
        try await TestServer.run(loops: 1) {
            $0.outbound.nodeBytes = 1_048_576
            $0.outbound.senderPauseBytes = 0
        } _: { server in
            let (sender, reader) = (try await server.join(), try await server.join())
            let stuck = try await server.join(receiveBuffer: 4_096)
            try await stuck.connection.setReading(false)
            for number in 0..<100 { try await sender.sendRaw(Self.chunk(number)) }
            for number in 0..<100 { #expect(try await reader.next()["n"] == "\(number)") }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 2 })
        }
    }

    @Test("the largest queue of the node goes, not the largest of the loop that has found the node over its budget")
    func cutsTheLargestOfAllLoops() async throws {
        try await TestServer.run(loops: 2) {
            $0.outbound.nodeBytes = 8_388_608
            $0.outbound.senderPauseBytes = 0
        } _: { server in
            let sender = try await server.join("r")
            // Loops take turns, so one of each pair is on either loop.
            let small = [
                try await server.join("s", receiveBuffer: 4_096), try await server.join("t", receiveBuffer: 4_096),
            ]
            let hog = try await server.join("r", receiveBuffer: 4_096)
            let senders = [try await server.join("s"), try await server.join("t")]
            for peer in small + [hog] { try await peer.connection.setReading(false) }
            var number = 0
            while server.server.outboundBytes < 6_000_000, number < 1_000 {
                try await sender.sendRaw(Self.chunk(number))
                number += 1
                if number % 16 == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(server.server.outboundBytes >= 6_000_000)
            var sent = 0
            while server.node.metrics.activeConnections == 6, sent < 400 {
                for peer in senders { try await peer.sendRaw(Self.chunk(sent)) }
                sent += 1
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 5 })
            for peer in small {
                try await peer.connection.setReading(true)
                for number in 0..<sent { #expect(try await peer.next()["n"] == "\(number)") }
            }
            try await hog.connection.setReading(true)
            #expect(try await hog.connection.ends())
        }
    }
}
