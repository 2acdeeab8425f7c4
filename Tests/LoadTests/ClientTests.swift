import Foundation
import NIOCore
import NIOWebSocket
import Testing

@testable import signal_load

@Suite("A client")
struct ClientTests {
    @Test(
        "dials this machine only",
        arguments: [
            "ws://example.org/signal", "ws://10.0.0.1:8787/", "ws://128.0.0.1:80/", "ws://[::2]:80/",
            "ws://0.0.0.0:80/",
            "ws://127.0.0.1.example.org/", "http://127.0.0.1/", "wss://127.0.0.1/", "nonsense", "ws://127.0.0.1:0/",
        ])
    func remote(url: String) {
        #expect(throws: EndpointError.self) { try Endpoint(url) }
    }

    @Test("reads loopback URLs and never shows their query")
    func local() throws {
        let endpoint = try Endpoint("ws://localhost:8787/signal?token=secret")
        #expect(endpoint.address.port == 8_787)
        #expect(endpoint.target == "/signal?token=secret")
        #expect("\(endpoint)" == "ws://localhost:8787/signal")
        #expect(try Endpoint("ws://[::1]:1/x").address == SocketAddress(ipAddress: "::1", port: 1))
        #expect(try Endpoint("ws://127.9.9.9").target == "/")
    }

    @Test("asks for its room, with and without a query in the URL")
    func request() throws {
        func firstLine(_ url: String) throws -> String? {
            let seat = Seat(endpoint: try Endpoint(url), room: "r", peerId: "p", mask: 1)
            return Handshake.request(for: seat).split(separator: "\r\n").first.map(String.init)
        }
        let plain = try firstLine("ws://127.0.0.1:1/signal")
        #expect(plain == "GET /signal?namespace=bench&room=r&peerId=p HTTP/1.1")
        let withToken = try firstLine("ws://127.0.0.1:1/signal?token=t")
        #expect(withToken == "GET /signal?token=t&namespace=bench&room=r&peerId=p HTTP/1.1")
    }

    @Test("accepts an upgrade however the bytes are cut, and keeps what follows")
    func upgrade() throws {
        let head = "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        let bytes = Array((head + "\u{1}\u{2}").utf8)
        for cut in 0..<head.utf8.count {
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            #expect(try !Handshake.readAnswer(from: &buffer))
            buffer.writeBytes(bytes[cut...])
            #expect(try Handshake.readAnswer(from: &buffer))
            #expect(Array(buffer.readableBytesView) == [1, 2])
        }
    }

    @Test(
        "says why it was not let in",
        arguments: [
            ("HTTP/1.1 429 Too Many Requests\r\n\r\n{\"code\":\"limit\"}", "RATE_LIMIT_CONNECTIONS_PER_IP=0"),
            ("HTTP/1.1 401 Unauthorized\r\n\r\nno token", "401 Unauthorized no token"),
            ("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n", "wrong Sec-WebSocket-Accept"),
            (String(repeating: "x", count: 20_000), "no end"),
        ])
    func refusal(answer: String, expected: String) {
        var buffer = ByteBuffer(string: answer)
        let error = #expect(throws: HandshakeRefused.self) { try Handshake.readAnswer(from: &buffer) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test("reads server frames of every length however the bytes are cut", arguments: [0, 1, 125, 126, 65_535, 65_536])
    func frames(length: Int) throws {
        var header: [UInt8] = [0x81]
        switch length {
        case ..<126: header.append(UInt8(length))
        case ...65_535: header += [126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default: header += [127, 0, 0, 0, 0, 0, UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
        }
        let bytes = header + [UInt8](repeating: 7, count: length)
        for cut in Set([0, 1, 2, 3, header.count, bytes.count - 1]).filter((0..<bytes.count).contains) {
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            #expect(try buffer.readServerFrame() == nil)
            buffer.writeBytes(bytes[cut...])
            let read = try buffer.readServerFrame()
            let frame = try #require(read)
            #expect(frame.opcode == .text)
            #expect(frame.payload.readableBytes == length)
            #expect(buffer.readableBytes == 0)
        }
    }

    @Test(
        "refuses frames that a server must not send",
        arguments: [
            [0x81, 0x80], [0x01, 0], [0x80, 0], [0xC1, 0], [0x83, 0], [0x81, 127, 255, 0, 0, 0, 0, 0, 0, 0],
        ])
    func violations(bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        #expect(throws: FrameViolation.self) { try buffer.readServerFrame() }
    }
}
