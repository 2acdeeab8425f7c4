import Foundation
import SignalDomain
import Testing

@Suite("JSONText")
struct JSONTextTests {
    @Test(
        "quotes, backslashes and controls are escaped, other text is not",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{8}\u{1F}\u{7F}", #""\u0000\u0008\u001F\u007F""#), ("ü🙂\u{2028}", "\"ü🙂\u{2028}\""),
        ])
    func quotes(plain: String, expected: String) {
        #expect(text(JSONText.quote(plain)) == expected)
    }

    @Test("what is quoted, Foundation and the own reader read back")
    func readsBack() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let scalars = Array("a\"\\/\u{0}\u{1F}\u{7F}\u{85}é€🙂\u{FFFF}\n".unicodeScalars)
        for _ in 0..<500 {
            var plain = ""
            for _ in 0..<Int.random(in: 0...20, using: &random) { plain.unicodeScalars.append(random.pick(scalars)) }
            let quoted = JSONText.quote(plain)
            #expect(try JSONDecoder().decode(String.self, from: Data(quoted)) == plain, "seed \(seed)")
            #expect(inside(quoted) == plain, "seed \(seed)")
        }
    }

    @Test(
        "escapes are read, and a lone half of a pair becomes the replacement character",
        arguments: [
            (#"\u0041\/\b\f"#, "A/\u{8}\u{C}"), (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00x"#, "😀x"),
            (#"\ud83d"#, "\u{FFFD}"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
            (#"\ud83dx"#, "\u{FFFD}x"),
        ])
    func unescapes(escaped: String, expected: String) {
        #expect(inside(Array("\"\(escaped)\"".utf8)) == expected)
    }

    @Test(
        "broken escapes give some text and never a trap",
        arguments: [#"\"#, #"\u"#, #"\u12"#, #"\uZZZZ"#, #"\q"#, #"\ud83d\u"#])
    func survivesBrokenEscapes(escaped: String) {
        #expect(inside(Array("\"\(escaped)\"".utf8)).utf8.count <= 8)
    }

    private func inside(_ quoted: [UInt8]) -> String {
        Array(quoted.dropFirst().dropLast()).withUnsafeBytes(JSONText.unescape)
    }
}
