import Foundation
import SignalDomain
import SignalNode
import Testing

/// What the documentation says of tables in the code is what the code says.
@Suite("The documentation")
struct DocumentationTests {
    private func page(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/\(name)"), encoding: .utf8)
    }

    @Test("lists every close code as it is")
    func closeCodes() throws {
        #expect(try page("protocol.md").contains(CloseReason.markdownTable))
    }

    @Test("lists every metric with its meaning")
    func metrics() throws {
        let page = try page("metrics.md")
        for family in NodeMetrics.Family.allCases {
            let line = page.split(separator: "\n").first { $0.contains("`\(family.rawValue)`") }
            #expect(line?.contains(family.help) == true, "\(family.rawValue)")
        }
    }
}
