import NIOCore
import Testing

@testable import SignalTransport

@Suite("Bytes of messages") struct BytesTests {
    @Test("UTF-8 is judged as the standard library judges it", arguments: 0..<300)
    func agreesWithStandardLibrary(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] = [
            Array("plain ascii text".utf8), Array("é€😀한".utf8), [0xC0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xE2, 0x82], [0x80], [0xFF], [0xF0, 0x8F, 0x80, 0x80], [0x41],
        ]
        let bytes = (0..<4).flatMap { _ in
            Bool.random(using: &random)
                ? Array("0123456789".utf8)[..<Int.random(in: 0...10, using: &random)]
                : (pieces.randomElement(using: &random) ?? [])[...]
        }
        let expected = String(validating: bytes, as: UTF8.self) != nil
        #expect(bytes.withUnsafeBytes(UTF8Check.isValid) == expected, "seed \(seed): \(bytes)")
    }

    @Test("every two-byte sequence is judged as the standard library judges it")
    func agreesOnPairs() {
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                let bytes = [first, second]
                let expected = String(validating: bytes, as: UTF8.self) != nil
                #expect(bytes.withUnsafeBytes(UTF8Check.isValid) == expected, "\(bytes)")
            }
        }
    }

    @Test("unmasking undoes masking at every length, behind what is there", arguments: 0..<40)
    func unmasks(_ length: Int) {
        let key: [UInt8] = [0xA1, 0x02, 0xF3, 0x44]
        let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let masked = plain.enumerated().map { $1 ^ key[$0 % 4] }
        var joined = ByteBuffer(string: "abc")
        masked.withUnsafeBytes { bytes in joined.write(bytes, unmaskedBy: key.withUnsafeBytes(Mask.init)) }
        #expect(joined == ByteBuffer(bytes: Array("abc".utf8) + plain))
    }
}
