import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// What a peer can do wrong, over real sockets: it is closed with the right code and nobody else notices.
@Suite("Broken frames") struct BrokenFrameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16

        init(_ name: String, _ bytes: [UInt8], closes code: UInt16) {
            testDescription = name
            self.bytes = bytes
            self.code = code
        }
    }

    static let cases = [
        Case("an unmasked text", TestFrame.bytes(opcode: 1, [0x7B, 0x7D], isMasked: false), closes: 1002),
        Case("RSV1", TestFrame.bytes(reserved: 4, opcode: 1, [0x61]), closes: 1002),
        Case("RSV3", TestFrame.bytes(reserved: 1, opcode: 1, [0x61]), closes: 1002),
        Case("opcode 3", TestFrame.bytes(opcode: 3, []), closes: 1002),
        Case("opcode 13", TestFrame.bytes(opcode: 13, []), closes: 1002),
        Case("a ping in pieces", TestFrame.bytes(fin: false, opcode: 9, []), closes: 1002),
        Case("a ping of 126 bytes", TestFrame.bytes(opcode: 9, Array(repeating: 1, count: 126)), closes: 1002),
        Case("a continuation of nothing", TestFrame.bytes(opcode: 0, [0x61]), closes: 1002),
        Case("invalid UTF-8", TestFrame.bytes(opcode: 1, [0xC3, 0x28]), closes: 1007),
        Case(
            "invalid UTF-8 over two frames",
            TestFrame.bytes(fin: false, opcode: 1, [0xC3]) + TestFrame.bytes(opcode: 0, [0x28]), closes: 1007),
        Case("a frame over the limit", TestFrame.bytes(opcode: 1, Array(repeating: 0x61, count: 65_537)), closes: 1009),
        Case("the head of a frame of 2^62 bytes", [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], closes: 1009),
        Case("the head of a frame of 2^63 bytes", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], closes: 1009),
        Case(
            "fragments over the limit",
            TestFrame.bytes(fin: false, opcode: 1, Array(repeating: 0x61, count: 40_000))
                + TestFrame.bytes(opcode: 0, Array(repeating: 0x61, count: 40_000)), closes: 1009),
        Case(
            "endless empty fragments",
            TestFrame.bytes(fin: false, opcode: 1, [])
                + (0..<300).flatMap { _ in TestFrame.bytes(fin: false, opcode: 0, []) }, closes: 1009),
        Case("a close payload of one byte", TestFrame.bytes(opcode: 8, [3]), closes: 1002),
        Case("close code 1005", TestFrame.close(code: 1005), closes: 1002),
        Case("close code 5000", TestFrame.close(code: 5000), closes: 1002),
        Case("a close reason that is not UTF-8", TestFrame.bytes(opcode: 8, [3, 0xE8, 0xFF]), closes: 1007),
    ]

    @Test("a peer that breaks the protocol is closed with the right code, and its neighbours live on", arguments: cases)
    func closes(_ input: Case) async throws {
        try await TestServer.run {
            $0.messages.maxBytes = 65_536
        } _: { server in
            let neighbour = try await server.join()
            let peer = try await server.join(manners: .init(answersClose: false))
            // Behind the broken frame more may follow; it must not count.
            try await peer.sendRaw(input.bytes + TestFrame.text(#"{"type":"late"}"#))
            #expect(try await peer.expectClose().code == input.code)
            await peer.drop()
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 1 })
            try await neighbour.send(#"{"type":"heartbeat"}"#)
            #expect(try await neighbour.next().type == "heartbeat-ack")
        }
    }

    @Test("random bytes after the handshake take nothing down", arguments: 0..<10)
    func survivesNoise(_ seed: UInt64) async throws {
        try await TestServer.run { server in
            var random = SeededGenerator(seed: seed)
            for _ in 0..<20 {
                let noise = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let peer = try await server.join()
                try? await peer.sendRaw(noise)
                await peer.drop()
            }
            #expect(try await TestServer.eventually { server.node.metrics.activeConnections == 0 }, "seed \(seed)")
            #expect(try await TestServer.eventually { server.server.socketCounts.open == 0 }, "seed \(seed)")
            #expect(try await TestHTTP.get("/health", port: server.port).status == 200, "seed \(seed)")
        }
    }
}
