import Foundation
import NIOCore
import Testing

@testable import signal_load

@Suite("A stamped message")
struct StampedMessageTests {
    @Test(
        "is a masked JSON text of exactly the wanted length that carries its stamp",
        arguments: [100, 180, 2_560, 70_000])
    func roundTrip(bytes: Int) throws {
        var message = StampedMessage(sender: 0xABCDE, bytes: bytes, mask: 0x1122_3344)
        for (sequence, time) in [(0, 0), (7, 1), (UInt32.max, UInt64.max), (123_456, 9_876_543_210)] {
            let text = try unmasked(message.stamped(sequence: sequence, time: time))
            #expect(text.readableBytes == bytes)
            #expect(Stamp(in: text) == Stamp(sender: 0xABCDE, sequence: sequence, time: time))
            let object = try JSONSerialization.jsonObject(with: Data(text.readableBytesView)) as? [String: String]
            #expect(object?["type"] == "bench")
        }
    }

    @Test("begins with the members that its dialect wants, and is found there", arguments: [180, 2_560])
    func members(bytes: Int) throws {
        var message = StampedMessage(sender: 9, members: #""type":"publish","topic":"r-1","#, bytes: bytes, mask: 77)
        let text = try unmasked(message.stamped(sequence: 3, time: 4))
        #expect(text.readableBytes == bytes)
        #expect(String(buffer: text).hasPrefix(#"{"type":"publish","topic":"r-1","stamp":""#))
        #expect(Stamp(in: text, expectedAt: message.stampOffset) == Stamp(sender: 9, sequence: 3, time: 4))
        #expect(Stamp(in: text, expectedAt: 5) == Stamp(in: text))
    }

    @Test("leaves earlier frames as they were")
    func copies() throws {
        var message = StampedMessage(sender: 1, bytes: 180, mask: 5)
        let first = message.stamped(sequence: 1, time: 1)
        _ = message.stamped(sequence: 2, time: 2)
        #expect(try Stamp(in: unmasked(first))?.sequence == 1)
    }

    @Test("is recognised when a server has put other members first")
    func reordered() {
        let text = #"{"room":"r","type":"bench","stamp":"00000a0000000b000000000000000c","x":1}"#
        #expect(Stamp(in: ByteBuffer(string: text)) == Stamp(sender: 10, sequence: 11, time: 12))
    }

    @Test(
        "is not found in anything else",
        arguments: [
            "", "{}", #"{"type":"bench","stamp":"00"#, #"{"stamp":"zz000a0000000b000000000000000c"}"#, "\"stamp\":\"",
        ])
    func foreign(text: String) {
        #expect(Stamp(in: ByteBuffer(string: text)) == nil)
    }

    /// Reads a client frame as RFC 6455 tells a server to.
    private func unmasked(_ frame: ByteBuffer) throws -> ByteBuffer {
        var frame = frame
        let headBytes = frame.readBytes(length: 2)
        let head = try #require(headBytes)
        #expect(head[0] == 0x81)
        #expect(head[1] & 0x80 != 0)
        switch head[1] & 0x7F {
        case 126: frame.moveReaderIndex(forwardBy: 2)
        case 127: frame.moveReaderIndex(forwardBy: 8)
        default: break
        }
        let keyBytes = frame.readBytes(length: 4)
        let key = try #require(keyBytes)
        return ByteBuffer(bytes: frame.readableBytesView.enumerated().map { $1 ^ key[$0 % 4] })
    }
}
