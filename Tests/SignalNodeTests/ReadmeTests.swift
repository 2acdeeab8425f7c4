import Foundation
import Testing

/// README.ko.md is README.md in Korean: what readers type and click is the same in both.
@Suite("The README in two languages")
struct ReadmeTests {
    private struct Page {
        var headings = 0
        /// The fenced blocks: language and lines, without comments and blanks at the end of a line.
        var blocks: [[String]] = []
        var spans: Set<String> = []
        var links: Set<String> = []

        init(_ name: String) throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            var prose = ""
            var block: [String]?
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") {
                    if let lines = block {
                        blocks.append(lines)
                        block = nil
                    } else {
                        block = [String(line)]
                    }
                } else if block != nil {
                    block?.append(String(line.replacing(/[ ]+#.*$/, with: "")))
                } else {
                    if line.hasPrefix("#") { headings += 1 }
                    prose += line + "\n"
                }
            }
            spans = Set(prose.matches(of: /`([^`\n]+)`/).map { String($0.1) })
            links = Set(prose.matches(of: /\]\(([^)]+)\)|<(http[^>]+)>/).map { String($0.1 ?? $0.2 ?? "") })
        }
    }

    @Test("commands, code, settings and links are the same")
    func same() throws {
        let english = try Page("README.md")
        let korean = try Page("README.ko.md")
        #expect(english.blocks.count > 8)
        #expect(english.headings == korean.headings)
        #expect(english.blocks.map(\.first) == korean.blocks.map(\.first))
        for (one, other) in zip(english.blocks, korean.blocks) {
            // The words in a drawing are the reader's.
            if one.first == "```mermaid" { #expect(one.count == other.count) } else { #expect(one == other) }
        }
        #expect(english.spans == korean.spans)
        // Each links the other one.
        #expect(english.links.subtracting(["README.ko.md"]) == korean.links.subtracting(["README.md"]))
    }
}
