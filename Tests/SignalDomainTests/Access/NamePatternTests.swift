import SignalDomain
import Testing

@Suite("Patterns of names")
struct NamePatternTests {
    @Test(
        "match one name, a beginning, or everything",
        arguments: [
            ("team", "team", true), ("team", "team-a", false), ("team", "Team", false), ("team-*", "team-a", true),
            ("team-*", "team-", true), ("team-*", "team", false), ("*", "anything", true), ("*", "", true),
            // Composed and decomposed accents are different names.
            ("caf\u{E9}", "cafe\u{301}", false), ("cafe\u{301}*", "caf\u{E9}", false),
        ])
    func matches(_ pattern: String, _ name: String, _ isMatch: Bool) throws {
        #expect(try #require(NamePattern(pattern)).matches(name) == isMatch)
    }

    @Test("have their star at the end or nowhere", arguments: ["", "a*b", "*a", "**", "a**"])
    func malformed(_ text: String) {
        #expect(NamePattern(text) == nil)
    }
}
