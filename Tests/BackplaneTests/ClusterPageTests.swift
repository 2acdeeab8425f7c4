import Foundation
import Testing

@testable import RedisBackplane

/// docs/cluster.md tells what is in Redis: all of it.
@Suite("The page about the cluster")
struct ClusterPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The first cells of the table under a heading.
    private func cells(under heading: String) throws -> [Substring] {
        let text = try String(contentsOf: Self.root.appending(path: "docs/cluster.md"), encoding: .utf8)
        let start = try #require(text.range(of: "\n## \(heading)\n"))
        let end = text.range(of: "\n## ", range: start.upperBound..<text.endIndex)?.lowerBound ?? text.endIndex
        let rows = text[start.upperBound..<end].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        return rows.compactMap { $0.split(separator: " | ").first?.dropFirst(2) }
    }

    @Test("names every script, and none that does not exist")
    func scripts() throws {
        let named = try cells(under: "Scripts").flatMap { $0.split(separator: ", ").map(String.init) }
        #expect(Set(named) == Set(Script.allCases.map(\.rawValue)))
        #expect(named.count == Set(named).count)
    }

    @Test("names every key")
    func keys() throws {
        let source = try String(
            contentsOf: Self.root.appending(path: "Sources/RedisBackplane/RedisKeys.swift"), encoding: .utf8)
        let inCode = source.matches(of: #/"(bs:1:[^"]*)"/#).map {
            $0.output.1.replacing(#/\\\((?:[^()]|\([^()]*\))*\)/#, with: "*")
        }
        let onPage = try cells(under: "Keys").flatMap { cell in
            cell.matches(of: #/`([^`]*)`/#).map { $0.output.1.replacing(#/<[a-z]+>/#, with: "*") }
        }
        #expect(inCode.count > 20)
        #expect(Set(inCode).subtracting(onPage) == [], "docs/cluster.md lacks these")
    }
}
