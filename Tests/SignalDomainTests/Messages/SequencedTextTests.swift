import SignalDomain
import Testing

@Suite("SequencedText")
struct SequencedTextTests {
    private func sequenced(_ payload: String, _ seq: UInt64, room: Int? = nil) -> String {
        let bytes = Array(payload.utf8)
        let count = SequencedText.byteCount(payload: bytes.count, seq: seq)
        var out = [UInt8](repeating: UInt8(ascii: "#"), count: room ?? count)
        let written = out.withUnsafeMutableBytes { out in
            bytes.withUnsafeBytes { SequencedText.write(payload: $0, seq: seq, into: out) }
        }
        #expect(written == 0 || written == count)
        return text(Array(out[..<written]))
    }

    @Test("the number becomes the last member", arguments: [0, 1, 9, 10, 99, 100, 1 << 53, UInt64.max])
    func appends(seq: UInt64) {
        #expect(sequenced(#"{"a":{}}"#, seq) == #"{"a":{},"seq":\#(seq)}"#)
        var suffix = [UInt8](repeating: 0, count: SequencedText.suffixByteCount(seq))
        let written = suffix.withUnsafeMutableBytes { SequencedText.writeSuffix(seq, into: $0) }
        #expect(written == suffix.count && text(suffix) == #","seq":\#(seq)}"#)
    }

    @Test(
        "what is no object with a member gets no number", arguments: ["", "}", "{}", "[1]", #"{"a":1} "#, #"{"a":1"#])
    func refusesOthers(payload: String) {
        #expect(sequenced(payload, 5, room: 64).isEmpty)
    }

    @Test("a buffer that is too short gets nothing")
    func refusesShortBuffers() {
        let whole = SequencedText.byteCount(payload: 7, seq: 123)
        #expect(sequenced(#"{"a":1}"#, 123, room: whole) == #"{"a":1,"seq":123}"#)
        for room in 0..<whole { #expect(sequenced(#"{"a":1}"#, 123, room: room).isEmpty) }
        var short = [UInt8](repeating: 0, count: SequencedText.suffixByteCount(10) - 1)
        #expect(short.withUnsafeMutableBytes { SequencedText.writeSuffix(10, into: $0) } == 0)
    }
}
