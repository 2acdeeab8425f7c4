import Foundation
import Testing

/// The README in other languages says what the English one says, as far as a machine can tell.
@Suite("README")
struct ReadmeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    private static func page(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// The fenced blocks that are run or read as they stand; words in a drawing are translated.
    private static func blocks(of page: String) -> [String] {
        let parts = page.components(separatedBy: "```")
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.filter { !$0.hasPrefix("mermaid") }
    }

    /// Words in backticks outside of blocks: commands, paths, settings.
    private static func words(of page: String) -> Set<String> {
        let parts = page.components(separatedBy: "```")
        let prose = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }.joined()
        let pieces = prose.components(separatedBy: "`")
        return Set(stride(from: 1, to: pieces.count, by: 2).map { pieces[$0].replacing("\n", with: " ") })
    }

    /// The pages that it leads to; not those of the English table of folders and list of documents.
    private static func links(of page: String) -> Set<String> {
        Set(page.matches(of: /\]\(([^)]+)\)/).map { String($0.1) })
    }

    @Test("has in Korean the same commands and examples, in the same order")
    func commands() throws {
        let (english, korean) = try (Self.page("README.md"), Self.page("README.ko.md"))
        #expect(Self.blocks(of: english).count > 5)
        #expect(Self.blocks(of: korean) == Self.blocks(of: english))
    }

    @Test("names in Korean no command, setting or page that the English one does not name")
    func words() throws {
        let (english, korean) = try (Self.page("README.md"), Self.page("README.ko.md"))
        let unknown = Self.words(of: korean).filter { !english.contains($0) }
        #expect(unknown.isEmpty, "\(unknown)")
        let astray = Self.links(of: korean).subtracting(Self.links(of: english)).subtracting([
            "README.md", "README.md#the-house",
        ])
        #expect(astray.isEmpty, "\(astray)")
    }

    @Test("has in Korean every command and setting that the English one explains before the house is shown")
    func nothingMissing() throws {
        func explained(_ page: String, before heading: String) throws -> Set<String> {
            Self.words(of: String(page[..<(try #require(page.range(of: heading))).lowerBound]))
        }
        let missing = try explained(Self.page("README.md"), before: "## The house")
            .subtracting(explained(Self.page("README.ko.md"), before: "## 집의 구조"))
        #expect(missing.isEmpty, "\(missing)")
    }
}
