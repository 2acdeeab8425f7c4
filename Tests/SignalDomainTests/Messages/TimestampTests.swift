import Foundation
import SignalDomain
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "known moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_406_706_789, "2026-11-23T04:05:06.789Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (Int64.max, "9999-12-31T23:59:59.999Z"), (Int64.min, "0000-01-01T00:00:00.000Z"),
        ])
    func writesKnownMoments(milliseconds: Int64, expected: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == expected)
    }

    @Test("any moment since 1900 reads as Foundation writes it")
    func agreesWithFoundation() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2000 {
            let second = Int64.random(in: -2_208_988_800..<32_503_680_000, using: &random)
            let whole = Date(timeIntervalSince1970: Double(second)).formatted(style)
            #expect(Timestamp(milliseconds: second * 1000).iso8601 == whole, "seed \(seed)")
        }
    }

    @Test("a buffer of 23 bytes gets nothing")
    func refusesShortBuffers() {
        var out = [UInt8](repeating: 7, count: 23)
        #expect(out.withUnsafeMutableBytes { Timestamp(milliseconds: 0).writeISO8601(into: $0) } == 0)
        #expect(out.allSatisfy { $0 == 7 })
    }
}
