import Foundation
import NIOCore
import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// Row 1 of security.md §4: clients that never finish what they begin. `SLOWLORIS` scales it.
@Suite("Slowloris", .serialized) struct SlowlorisTests {
    /// Both ends of every socket are in this process.
    private static let count =
        ProcessInfo.processInfo.environment["SLOWLORIS"].flatMap { Int($0) } ?? min(2_000, (openFiles - 500) / 2)

    private static var openFiles: Int {
        let text = (try? String(contentsOfFile: "/proc/self/limits", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? 1_300
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
    }

    @Test("sockets that trickle a head byte by byte keep nobody out, and go when their time is over")
    func trickle() async throws {
        try await TestServer.run {
            $0.handshake.timeoutMs = 2_000
            $0.handshake.maxPending = Self.count / 2
            $0.abuse.acceptRate = 0
        } _: { server in
            let before = Self.residentBytes
            var slow: [TestConnection] = []
            let head = TestHTTP.bytes("GET", "/signal", headers: TestPeer.upgradeHeaders)
            for index in 0..<Self.count {
                let connection = try await TestConnection.open(port: server.port)
                connection.sendLater([head[0]])
                slow.append(connection)
                // Somebody healthy comes in between.
                if index % 50 == 0 {
                    let peer = try await server.join()
                    try await peer.send("{\"type\":\"heartbeat\"}")
                    _ = try await peer.next(type: "heartbeat-ack")
                    try await peer.close()
                }
                #expect(server.server.pendingSockets <= Self.count / 2 + 2)
            }
            for byte in head.dropFirst().prefix(20) { for connection in slow { connection.sendLater([byte]) } }
            // The bound itself is generous: what matters is that it does not grow with what a head may hold.
            #expect(Self.residentBytes - before < 64_000_000 + Self.count * 20_000)
            #expect(try await TestServer.eventually { slow.allSatisfy(\.isEnded) })
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 })
            try await server.join().close()
        }
    }

    @Test("one address may not have more silent sockets than connections", arguments: [1, 2, 3])
    func silentPerAddress(_ loops: Int) async throws {
        try await TestServer.run(loops: loops) {
            $0.rates.connectionsPerIP = 4
            $0.handshake.timeoutMs = 60_000
        } _: { server in
            var silent: [TestConnection] = []
            for _ in 0..<20 { silent.append(try await TestConnection.open(port: server.port)) }
            #expect(try await TestServer.eventually { silent.count(where: { !$0.isEnded }) == 4 })
            // Speaking clients of the address are still let in.
            try await server.join().close()
        }
    }

    @Test("a socket of dialect 2 without a hello counts as silent: the oldest one goes when there are too many")
    func newcomers() async throws {
        try await TestServer.run(loops: 1) {
            $0.handshake.maxPending = 8
            $0.delivery.helloTimeoutMs = 60_000
        } _: { server in
            var newcomers: [TestPeer] = []
            for _ in 0..<20 {
                newcomers.append(
                    try await TestPeer.connect(
                        port: server.port, headers: [("Sec-WebSocket-Protocol", "browser-sync.v2")]))
            }
            let first = newcomers.prefix(11)
            #expect(try await TestServer.eventually { first.allSatisfy { $0.connection.isEnded } })
            let last = newcomers[19]
            try await last.send("{\"type\":\"hello\",\"sid\":\"0123456789abcdef\",\"cn\":1}")
            _ = try await last.next(type: "welcome")
            #expect(try await TestServer.eventually { server.server.pendingSockets <= 8 })
            let pending = server.server.pendingSockets
            #expect(!newcomers[19].connection.isEnded && pending < 8)
        }
    }
}
