import Foundation
import SignalNode
import Testing

@testable import signal_node

/// docs/limits.md says what the table of settings says.
@Suite("The page of limits")
struct LimitsPageTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/limits.md"), encoding: .utf8)
    }

    @Test("names only settings that exist, with their defaults")
    func defaults() throws {
        var rows = 0
        for line in try page().split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let name = cells[0].trimmingCharacters(in: ["`"])
            let setting = try #require(Settings.all.first { $0.names.environment == name }, "\(name)")
            let shown = setting.shownText(in: NodeConfiguration())
            #expect(cells[1].trimmingCharacters(in: ["`"]) == shown, "\(name)")
            rows += 1
        }
        #expect(rows > 15)
    }

    @Test("leaves out no rate limit")
    func complete() throws {
        let text = try page()
        for setting in Settings.all where setting.group == .rates {
            #expect(text.contains(setting.names.environment), "\(setting.names.environment)")
        }
    }
}
