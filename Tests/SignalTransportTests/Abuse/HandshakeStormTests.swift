import Foundation
import NIOCore
import SignalDomain
import SignalTestKit
import SignalTransport
import Testing

@testable import SignalNode

/// Row 2 of security.md §4: connection floods. `HANDSHAKES` scales it.
@Suite("Handshake storm", .serialized) struct HandshakeStormTests {
    private enum Fate: CaseIterable {
        case opened, openedAndLost, reliable, newcomer, wrongToken, badName, plain, halfHead, abandoned
    }

    private static let token = "good"
    private static let digest = "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"

    @Test("10,000 handshakes in random order of open, 401 and abort leave every counter at 0")
    func endsAtZero() async throws {
        let count = ProcessInfo.processInfo.environment["HANDSHAKES"].flatMap { Int($0) } ?? 10_000
        let seed = UInt64.random(in: .min ... .max)
        try await TestServer.run {
            $0.access.trustedProxyCIDRs = ["127.0.0.0/8"]
            $0.access.signalTokenSHA256 = [Self.digest]
            $0.rates.connectionsPerIP = 2
            $0.abuse.tokenFailures = 0
            $0.abuse.acceptRate = 0
        } _: { server in
            let lanes = 32
            try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                for lane in 0..<lanes {
                    group.addTask {
                        var random = SeededGenerator(seed: seed &+ UInt64(lane))
                        var answers: [Int: Int] = [:]
                        for _ in 0..<count / lanes {
                            let status = try await Self.handshake(server, &random)
                            answers[status, default: 0] += 1
                        }
                        return answers
                    }
                }
                var answers: [Int: Int] = [:]
                for try await lane in group { answers.merge(lane, uniquingKeysWith: +) }
                for status in [101, 401, 400, 429, 0] {
                    #expect(answers[status, default: 0] > count / 200, "seed \(seed): \(answers)")
                }
            }
            let isOver = try await TestServer.eventually {
                server.server.socketCounts == (0, 0) && server.node.metrics.activeConnections == 0
            }
            #expect(isOver, "seed \(seed): \(server.server.socketCounts) \(server.node.metrics.activeConnections)")
            #expect(server.server.pendingSockets == 0, "seed \(seed)")
            server.node.addresses.prune(nowMs: .max)
            #expect(server.node.addresses.count == 0, "seed \(seed)")
            #expect(try await TestServer.eventually { server.node.roomCount == 0 }, "seed \(seed)")
        }
    }

    /// Answers the status; 0 = the client did not wait for one.
    private static func handshake(_ server: TestServer, _ random: inout SeededGenerator) async throws -> Int {
        let fate = Fate.allCases.randomElement(using: &random) ?? .plain
        let address = "198.51.100.\(Int.random(in: 1...8, using: &random))"
        var headers = TestPeer.upgradeHeaders + [("X-Forwarded-For", address)]
        if fate == .reliable || fate == .newcomer { headers.append(("Sec-WebSocket-Protocol", "browser-sync.v2")) }
        let token = fate == .wrongToken ? "bad" : Self.token
        let room = fate == .badName ? String(repeating: "x", count: 300) : "r\(Int.random(in: 0..<4, using: &random))"
        let request = TestHTTP.bytes(
            "GET", "/signal?token=\(token)&room=\(room)", headers: fate == .plain ? [] : headers)
        let connection = try await TestConnection.open(port: server.port)
        defer { connection.closeLater() }
        switch fate {
        case .halfHead:
            try await connection.send(request.prefix(Int.random(in: 0..<request.count, using: &random)))
            return 0
        case .abandoned:
            try await connection.send(request)
            return 0
        default: try await connection.send(request)
        }
        let answer = try await connection.read("an answer") { TestHTTP.takeHead(&$0) }
        guard answer.status == 101 else { return answer.status }
        switch fate {
        case .opened:
            try await connection.send(TestFrame.close(code: 1000))
            _ = try await connection.ends()
        case .reliable:
            let sid = "session-0123456789\(UInt64.random(in: .min ... .max, using: &random))"
            try await connection.send(TestFrame.text("{\"type\":\"hello\",\"sid\":\"\(sid)\",\"cn\":1}"))
            try await connection.send(TestFrame.text("{\"type\":\"leave\"}"))
            // Its half of the closing; without it the server would wait for it.
            try await connection.send(TestFrame.close(code: 1000))
            _ = try await connection.ends()
        default: break
        }
        return 101
    }
}
