import Foundation
import Testing

/// The client's state machine, driven in a page without any socket.
@Suite("The rules of the browser's client", .serialized)
struct SessionRulesTests {
    struct Report: Decodable {
        let checks: Int
        let failures: [String]
    }

    @Test("a session does what dialect 2 asks of it, in every order of events")
    func session() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let seed = UInt32.random(in: 0...UInt32.max)
        let page = try await cluster.blank()
        let text = try await page.run("const seed = \(seed)\n" + Self.script("session"))
        let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
        #expect(report.failures == [], "seed \(seed)")
        #expect(report.checks == 16)
    }

    static func script(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")
        return try String(contentsOf: folder.appending(path: "\(name).js"), encoding: .utf8)
    }
}
