import NIOCore
import NIOPosix
import SignalTestKit
import SignalTransport
import Testing

@testable import EchoServer

/// The cases of the Autobahn suite that servers get wrong, against the echo server on the node's own sockets.
@Suite("Echo") struct EchoTests {
    private static func run(_ body: (TestPeer) async throws -> Void) async throws {
        try await listen { port in
            let peer = try await TestPeer.connect(port: port, manners: .init(answersClose: false))
            try await body(peer)
            await peer.drop()
        }
    }

    private static func listen(_ body: (_ port: Int) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await EchoListener(host: "127.0.0.1", port: 0, group: group)
        do {
            try await body(listener.server.localAddress?.port ?? 0)
        } catch {
            await listener.server.shutdown()
            try await group.shutdownGracefully()
            throw error
        }
        await listener.server.shutdown()
        try await group.shutdownGracefully()
    }

    private static func frame(_ payload: [UInt8], fin: Bool = true, opcode: UInt8 = 1) -> [UInt8] {
        TestFrame.bytes(fin: fin, opcode: opcode, payload)
    }

    @Test("texts of every length class come back", arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_048_576])
    func lengths(_ length: Int) async throws {
        try await Self.run { peer in
            let text = String(repeating: "*", count: length)
            try await peer.send(text)
            #expect(try await peer.next().text == text)
        }
    }

    @Test("a text in pieces, empty ones too, with pings between, comes back whole, and each pong before it")
    func fragments() async throws {
        try await Self.run { peer in
            let text = Array("Hello-µ@ßöäüàá-UTF-8!!".utf8)
            var bytes = Self.frame([], fin: false)
            for (index, byte) in text.enumerated() {
                bytes += Self.frame([byte], fin: false, opcode: 0)
                if index.isMultiple(of: 5) { bytes += TestFrame.bytes(opcode: 9, [UInt8(index)]) }
                bytes += Self.frame([], fin: false, opcode: 0)
            }
            try await peer.sendRaw(bytes + Self.frame([], opcode: 0))
            #expect(try await peer.next().text == String(decoding: text, as: UTF8.self))
            for index in stride(from: 0, to: text.count, by: 5) { #expect(try await peer.nextPong() == [UInt8(index)]) }
        }
    }

    @Test("a message may have as many pieces as the limit, and arrive in packets of one byte")
    func manyFragments() async throws {
        try await Self.run { peer in
            var bytes = Self.frame([0x61], fin: false)
            for _ in 0..<5_000 { bytes += Self.frame([0x61], fin: false, opcode: 0) }
            try await peer.sendRaw(bytes + Self.frame([0x61], opcode: 0))
            #expect(try await peer.next().text.utf8.count == 5_002)
            for byte in TestFrame.text("slow") { try await peer.sendRaw([byte]) }
            #expect(try await peer.next().text == "slow")
        }
    }

    @Test("valid UTF-8 of every kind comes back, cut inside its characters too")
    func validText() async throws {
        let texts = ["κόσμε", "\u{0}", "\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}", "\u{D7FF}\u{E000}\u{FFFD}"]
        try await Self.run { peer in
            for text in texts {
                let bytes = Array(text.utf8)
                for cut in 0...bytes.count {
                    let pieces =
                        Self.frame(Array(bytes[..<cut]), fin: false) + Self.frame(Array(bytes[cut...]), opcode: 0)
                    try await peer.sendRaw(pieces)
                    #expect(try await peer.next().text == text, "\(text) at \(cut)")
                }
            }
        }
    }

    @Test(
        "invalid UTF-8 closes with 1007",
        arguments: [
            [0xCE], [0xBA, 0xE1], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80],
            [0xFE],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xED, 0xBF, 0xBF], [0x80],
        ] as [[UInt8]])
    func invalidText(_ bytes: [UInt8]) async throws {
        try await Self.run { peer in
            try await peer.sendRaw(Self.frame(Array("ok".utf8), fin: false) + Self.frame(bytes, opcode: 0))
            #expect(try await peer.expectClose().code == 1007)
        }
    }

    @Test(
        "valid close codes are echoed",
        arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] as [UInt16])
    func closeCodes(_ code: UInt16) async throws {
        try await Self.run { peer in
            try await peer.sendRaw(TestFrame.close(code: code, reason: "bye"))
            #expect(try await peer.expectClose().code == code)
        }
    }

    @Test(
        "close codes that must not be on the wire close with 1002",
        arguments: [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16])
    func badCloseCodes(_ code: UInt16) async throws {
        try await Self.run { peer in
            try await peer.sendRaw(TestFrame.close(code: code))
            #expect(try await peer.expectClose().code == 1002)
        }
    }

    @Test(
        "reserved bits and opcodes, control frames in pieces, and wrong continuations close with 1002",
        arguments: [
            TestFrame.bytes(reserved: 1, opcode: 1, [0x61]), TestFrame.bytes(reserved: 2, opcode: 9, []),
            TestFrame.bytes(reserved: 4, opcode: 8, []), TestFrame.bytes(opcode: 4, []),
            TestFrame.bytes(opcode: 12, []),
            TestFrame.bytes(fin: false, opcode: 10, []), TestFrame.bytes(opcode: 0, []),
            TestFrame.bytes(fin: false, opcode: 1, [0x61]) + TestFrame.bytes(opcode: 1, [0x61]),
            TestFrame.bytes(opcode: 9, Array(repeating: 0x61, count: 126)), TestFrame.bytes(opcode: 8, [3]),
        ])
    func protocolErrors(_ bytes: [UInt8]) async throws {
        try await Self.run { peer in
            try await peer.send("before")
            #expect(try await peer.next().text == "before")
            try await peer.sendRaw(bytes)
            #expect(try await peer.expectClose().code == 1002)
        }
    }

    @Test("a message over the limit closes with 1009, in one frame or in pieces")
    func oversize() async throws {
        let over = EchoListener.maxMessageBytes + 1
        try await Self.run { peer in
            let head: [UInt8] = [0x81, 0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: over >> (56 - 8 * $0)) }
            try await peer.sendRaw(head + [0, 0, 0, 0])
            #expect(try await peer.expectClose().code == 1009)
        }
    }

    @Test("binary messages stay binary, whatever their bytes", arguments: [0, 1, 125, 126, 65_536])
    func binary(_ length: Int) async throws {
        try await Self.listen { port in
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: 0xFE &+ $0) }
            let connection = try await TestConnection.open(port: port)
            let handshake = [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]
            let frame = TestFrame.bytes(fin: false, opcode: 2, payload) + TestFrame.bytes(opcode: 0, [0xFF])
            try await connection.send(TestHTTP.bytes("GET", "/signal", headers: handshake) + frame)
            _ = try await connection.read("the handshake", timeout: .seconds(5)) { TestHTTP.takeHead(&$0) }
            let echo = try await connection.read("the echo", timeout: .seconds(5)) { TestFrame.take(&$0) }
            #expect(echo.opcode == 2)
            #expect(echo.payload == payload + [0xFF])
            await connection.close()
        }
    }
}
