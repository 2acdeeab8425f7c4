import NIOCore
import SignalDomain
import SignalTestKit
import Testing

@testable import SignalTransport

/// The PROXY protocol, version 2, byte by byte.
@Suite("PROXY headers") struct ProxyHeaderTests {
    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    static func header(_ family: UInt8, _ body: [UInt8], kind: UInt8 = 0x21, length: Int? = nil) -> [UInt8] {
        let count = length ?? body.count
        return signature + [kind, family, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
            + body
    }

    static let tcp4: [UInt8] = [192, 0, 2, 7, 10, 0, 0, 1, 0x12, 0x67, 0, 80]
    static let tcp6: [UInt8] = [
        0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0,
        1, 0, 80,
    ]
    /// ALPN, NOOP and an extension of no known type.
    static let extensions: [UInt8] = [1, 0, 2, 0x68, 0x32, 4, 0, 0, 0xEE, 0, 3, 1, 2, 3]

    private func read(_ bytes: [UInt8]) -> (ProxyHeader.Reading, [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        let reading = ProxyHeader.read(from: &buffer)
        return (reading, Array(buffer.readableBytesView))
    }

    @Test(
        "the source address is the client's, extensions are skipped, and the client's bytes stay",
        arguments: [
            (header(0x11, tcp4), "192.0.2.7"), (header(0x11, tcp4 + extensions), "192.0.2.7"),
            (header(0x21, tcp6), "2001:db8::7"), (header(0x21, tcp6 + extensions), "2001:db8::7"),
            (header(0x00, [], kind: 0x20), nil), (header(0x11, tcp4, kind: 0x20), nil),
            (header(0x00, extensions, kind: 0x20), nil),
            (header(0x00, []), nil), (header(0x00, extensions), nil), (header(0x12, tcp4), nil),
            (header(0x31, Array(repeating: 0x61, count: 216)), nil),
        ] as [([UInt8], String?)])
    func complete(_ bytes: [UInt8], _ client: String?) {
        let (reading, rest) = read(bytes + Array("GET /".utf8))
        #expect(reading == .complete(ProxyHeader(client: client.flatMap { ClientAddress($0) })))
        #expect(rest == Array("GET /".utf8))
        for length in 0..<bytes.count {
            let (early, kept) = read(Array(bytes.prefix(length)))
            #expect(early == .incomplete && kept.count == length, "cut after \(length)")
        }
    }

    @Test(
        "anything else is no header",
        arguments: [
            Array("GET / HTTP/1.1\r\n".utf8), Array("PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\n".utf8),
            header(0x11, tcp4, kind: 0x31), header(0x11, tcp4, kind: 0x22), header(0x11, tcp4, kind: 0x11),
            header(0x11, Array(tcp4.dropLast())), header(0x21, Array(tcp6.dropLast())), header(0x31, [1, 2, 3]),
            header(0x11, tcp4, length: 4_097), header(0x11, [], length: 65_535),
        ] as [[UInt8]])
    func broken(_ bytes: [UInt8]) {
        #expect(read(bytes).0 == .broken)
    }

    @Test("no bytes are a trap, and broken ones stay broken however they are cut")
    func hostile() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50_000 {
            var bytes = Self.header(0x11, Self.tcp4 + Self.extensions)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            let whole = read(bytes).0
            let part = read(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))).0
            #expect(part != .broken || whole == .broken, "seed \(seed): \(bytes)")
        }
    }
}
