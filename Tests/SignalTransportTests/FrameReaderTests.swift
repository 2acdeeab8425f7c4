import NIOCore
import SignalDomain
import Testing

@testable import SignalTransport

/// What becomes of bytes before the frame rules see them.
@Suite("Frame reader") struct FrameReaderTests {
    private static func bytes(_ head: UInt8, _ payload: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = [head]
        let count = payload.count
        let width: Int
        if count < 126 {
            width = 0
            bytes.append(0x80 | UInt8(count))
        } else if count <= 0xFFFF {
            width = 2
            bytes.append(0xFE)
        } else {
            width = 8
            bytes.append(0xFF)
        }
        for place in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: count >> (place * 8))) }
        let key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    @Test("frames of every size come out as they were sent, however the bytes are cut", arguments: 0..<60)
    func cuts(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var sent: [Frame] = []
        var wire: [UInt8] = []
        for _ in 0..<6 {
            let count = [0, 1, 125, 126, 300, 4_096, 4_097, 70_000].randomElement(using: &random) ?? 0
            let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let head: UInt8 = count < 126 ? 0x89 : 0x82
            sent.append(Frame(head: head, isMasked: true, payload: ByteBuffer(bytes: payload)))
            wire += Self.bytes(head, payload, &random)
        }
        var reader = FrameReader(maxPayloadBytes: 70_000)
        var scratch = ByteBuffer()
        var read: [Frame] = []
        var rest = wire[...]
        while !rest.isEmpty {
            let most = Bool.random(using: &random) ? 7 : 9_000
            let packet = rest.prefix(Int.random(in: 1...most, using: &random))
            rest = rest.dropFirst(packet.count)
            reader.feed(ByteBuffer(bytes: packet))
            while case .frame(let frame) = reader.next(in: &scratch) { read.append(frame) }
        }
        #expect(read == sent, "seed \(seed)")
    }

    @Test("a payload that is kept stays what it is while the next ones are read")
    func keeps() {
        var random = SeededGenerator(seed: 1)
        var reader = FrameReader(maxPayloadBytes: 100)
        var scratch = ByteBuffer()
        var kept: [Frame] = []
        for number in 0..<20 as Range<UInt8> {
            reader.feed(ByteBuffer(bytes: Self.bytes(0x81, [number, number], &random)))
            if case .frame(let frame) = reader.next(in: &scratch) { kept.append(frame) }
        }
        #expect(kept.map { Array($0.payload.readableBytesView) } == (0..<20).map { [$0, $0] })
    }

    struct Header: Sendable {
        let bytes: [UInt8]
        /// Nil = a frame may follow.
        let reason: CloseReason?
    }

    static let headers: [Header] = [
        Header(bytes: [0x81, 0xE5], reason: .messageTooLarge),
        Header(bytes: [0x81, 0xFE, 0x01, 0x00], reason: .messageTooLarge),
        Header(bytes: [0x82, 0xFF] + Array(repeating: 0xFF, count: 8), reason: .messageTooLarge),
        Header(bytes: [0x88, 0xFE, 0x00, 0x7E], reason: .messageTooLarge),
        Header(bytes: [0x09, 0x80], reason: .protocolError),
        Header(bytes: [0x89, 0xFE, 0x00, 0x64], reason: nil),
    ]

    @Test("what no frame may be ends it as soon as its length is known, and nothing follows", arguments: headers)
    func refuses(_ header: Header) {
        var reader = FrameReader(maxPayloadBytes: 100)
        var scratch = ByteBuffer()
        for byte in header.bytes.dropLast() {
            reader.feed(ByteBuffer(bytes: [byte]))
            #expect(reader.next(in: &scratch) == .more)
        }
        reader.feed(ByteBuffer(bytes: header.bytes.suffix(1)))
        guard let reason = header.reason else { return #expect(reader.next(in: &scratch) == .more) }
        #expect(reader.next(in: &scratch) == .broken(reason))
        reader.feed(ByteBuffer(bytes: [0x81, 0x80, 0, 0, 0, 0]))
        #expect(reader.next(in: &scratch) == .more)
    }

    @Test("a control frame of more than 125 bytes breaks the protocol where messages may be longer")
    func longControl() {
        var reader = FrameReader(maxPayloadBytes: 1_000)
        var scratch = ByteBuffer()
        reader.feed(ByteBuffer(bytes: [0x89, 0x80 | 126, 0x00, 0x7E]))
        #expect(reader.next(in: &scratch) == .broken(.protocolError))
    }

    @Test("an unmasked frame is told from a masked one")
    func unmasked() {
        var reader = FrameReader(maxPayloadBytes: 100)
        var scratch = ByteBuffer()
        reader.feed(ByteBuffer(bytes: [0x81, 0x01, 0x61]))
        let frame = Frame(head: 0x81, isMasked: false, payload: ByteBuffer(bytes: [0x61]))
        #expect(reader.next(in: &scratch) == .frame(frame))
    }
}
