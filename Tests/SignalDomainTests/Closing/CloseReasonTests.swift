import SignalDomain
import Testing

@Suite("CloseReason")
struct CloseReasonTests {
    @Test("every code of the protocol has a reason, and no other code appears")
    func coversTheProtocol() {
        let codes: Set<UInt16> = [
            1000, 1001, 1002, 1003, 1007, 1009, 1011, 1012, 1013, 4400, 4401, 4403, 4404, 4408, 4409, 4429,
        ]
        #expect(Set(CloseReason.allCases.map(\.code)) == codes)
    }

    @Test(
        "the words of the protocol keep their code and their advice",
        arguments: [
            ("replaced", 4409, ReconnectAdvice.never), ("in_use", 4409, .afterWindow), ("stale", 4409, .never),
            ("hello_expected", 4400, .afterRepair), ("kicked", 4403, .never), ("room_closed", 4404, .never),
            ("heartbeat_timeout", 4408, .atOnce), ("restart", 1012, .afterHint), ("slow_consumer", 1013, .backOff),
        ])
    func keepsWords(word: String, code: UInt16, advice: ReconnectAdvice) throws {
        let reason = try #require(CloseReason(rawValue: word))
        #expect(reason.code == code && reason.advice == advice)
    }

    @Test("a reason text fits a close frame and a log word", arguments: CloseReason.allCases)
    func fitsTheFrame(reason: CloseReason) {
        #expect(1...123 ~= reason.word.utf8.count)
        #expect(reason.word.utf8.allSatisfy { $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 })
        #expect(reason.sentence.hasSuffix("."))
    }

    @Test("the table has one row per reason")
    func rendersTheTable() {
        let lines = CloseReason.markdownTable.split(separator: "\n")
        #expect(lines.count == CloseReason.allCases.count + 2)
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == 5 })
        #expect(lines.contains { $0.hasPrefix("| 4409 | `replaced` | do not reconnect |") })
    }
}
