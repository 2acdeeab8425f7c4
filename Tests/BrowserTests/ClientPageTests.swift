import Foundation
import SignalDomain
import SignalTestKit
import Testing

/// What docs/client.md shows.
@Suite("The page about the browser's client", .serialized)
struct ClientPageTests {
    private static func blocks() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/client.md"), encoding: .utf8)
        return text.matches(of: /(?s)```js\n(.*?)```/).map { String($0.1) }
    }

    /// The body of a function cannot import; a call can.
    private static func asFunctionBody(_ example: String) -> String {
        example.replacing(/import (\{.*?\}) from (".*?")/) { "const \($0.1) = await import(\($0.2))" }
    }

    @Test("every example runs as it stands")
    func examples() async throws {
        let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        try Data(TestKeys.set(TestKeys.hmac)).write(to: keys)
        defer { try? FileManager.default.removeItem(at: keys) }
        let cluster = try await BrowserCluster(
            nodes: 1, settings: ["JWT_KEYS_FILE": keys.path(), "PUBLIC_NAMESPACES": "*"])
        let ben = try await cluster.seat("ben", at: 0, options: "room: \"lobby\"")
        let token = TestKeys.token("ana", namespace: "global", room: "lobby")
        var logs: [[String]] = []
        for example in try Self.blocks() {
            let page = try await cluster.blank()
            // The application's own server.
            try await page.run("window.fetch = async () => new Response(\"\(token)\")")
            try await page.run(Self.asFunctionBody(example))
            #expect(page.errors == [], "\(example)")
            logs.append(page.log)
            try await page.close()
        }
        #expect(
            logs == [
                ["ben is here", "ben has it"], ["ben received", "not_found nobody 2"],
                ["may join read write register discover"],
                [],
            ])
        try await ben.wait(until: "heard.length === 5")
    }
}
