import Foundation
import SignalTestKit
import Testing

/// What docs/mesh.md shows.
@Suite("The page about the mesh", .serialized)
struct MeshDocumentTests {
    private static func text(of file: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: file), encoding: .utf8)
    }

    private static func examples() throws -> [String] {
        try text(of: "docs/mesh.md").matches(of: /```js\n((?s).*?)```/).map { String($0.1) }
    }

    @Test("its first example is the code that the demo shows")
    func tenLines() throws {
        #expect(try Self.examples().first == Self.text(of: "Sources/BrowserClient/demo/ten-lines.js"))
    }

    @Test("two pages with its second example send each other the file")
    func files() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        // The body of a function cannot import; a call can.
        let script = try #require(Self.examples().last)
            .replacing(/import (\{.*?\}) from (".*?")/) { "const \($0.1) = await import(\($0.2))" }
        let pages = [try await cluster.blank(), try await cluster.blank()]
        for page in pages { try await page.load(script) }
        for page in pages {
            let deadline = ContinuousClock.now + .seconds(60)
            while page.log.count < 4, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            let said = page.log.map { $0.replacing(/^\S+ has/, with: "peer has") }
            #expect(Set(said) == ["5 of 5", "peer has sent 5 bytes", "sent 5", "peer has it"], "\(page.errors)")
        }
    }
}
