import Foundation
import Testing

/// docs/security.md promises nothing that no test shows.
@Suite("The security page")
struct SecurityPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func page() throws -> String {
        try String(contentsOf: root.appending(path: "docs/security.md"), encoding: .utf8)
    }

    /// All test sources, one text.
    private static func sources() throws -> String {
        let tests = root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var text = ""
        while let file = files?.nextObject() as? URL {
            if file.pathExtension == "swift" { text += try String(contentsOf: file, encoding: .utf8) }
        }
        return text
    }

    @Test("cites tests that exist, by their sentences")
    func cited() throws {
        let sources = try Self.sources()
        let cited = try Self.page().split(separator: "\n").filter { $0.hasPrefix("- ✔ ") }.map { $0.dropFirst(4) }
        #expect(cited.count > 60)
        for sentence in cited { #expect(sources.contains("\"\(sentence)\""), "\(sentence)") }
    }

    @Test("has all 24 threats, each with a test")
    func complete() throws {
        let sections = try Self.page().split(separator: "\n### ").dropFirst()
        #expect(sections.count == 24)
        for (number, section) in sections.enumerated() {
            #expect(section.hasPrefix("\(number + 1). "))
            #expect(section.contains("\n- ✔ "), "\(number + 1) cites no test")
        }
    }
}
