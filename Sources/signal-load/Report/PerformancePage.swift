/// The measured part of docs/performance.md; what people wrote around it stays.
enum PerformancePage {
    static let begin = "<!-- measured by `make bench`: begin -->"
    static let end = "<!-- measured by `make bench`: end -->"

    /// The page with `measured` between its two marks.
    static func replacing(_ measured: String, in page: String) throws -> String {
        guard let first = page.firstRange(of: begin), let last = page.firstRange(of: end),
            first.upperBound <= last.lowerBound
        else { throw PageWithoutMarks() }
        return "\(page[..<first.upperBound])\n\n\(measured)\n\n\(page[last.lowerBound...])"
    }

    /// - Parameter versions: of what was measured, as a list of words.
    static func measured(_ comparison: Comparison, versions: String?) -> String {
        let peers = comparison.servers.filter { !$0.about.isEmpty }.map { "| \($0.title) | \($0.about) |" }
        let absent = Server.all.filter { !comparison.servers.contains($0) }.map(\.title)
        let seconds =
            "\(Figure.number(comparison.seconds, digits: comparison.seconds == comparison.seconds.rounded() ? 0 : 1)) s"
        let runs = comparison.runs == 1 ? "One run of \(seconds)" : "Medians of \(comparison.runs) runs of \(seconds)"
        var parts = [
            """
            \(comparison.machine). \(versions.map { "\($0). " } ?? "")\(runs), the servers in turn; W4 is one opening. In \
            brackets: how many times what this node needs.
            """,
            ComparisonTable(comparison).markdown(),
        ]
        if !absent.isEmpty {
            parts.append(
                """
                Not in the table: \(absent.joined(separator: ", ")). `infra/deps bench` installs what the peers need.
                """)
        }
        parts.append(
            comparison.problems.isEmpty ? "Nothing was lost, repeated or out of order." : list(comparison.problems))
        parts.append(
            PerformancePlots.all(of: comparison).map { "![\($0.title)](images/\($0.name).svg)" }.joined(
                separator: "\n\n"))
        if !peers.isEmpty {
            parts.append((["| column | what it is |", "|---|---|"] + peers).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func list(_ sentences: [String]) -> String {
        sentences.map { "- \($0)" }.joined(separator: "\n")
    }
}

struct PageWithoutMarks: Error, CustomStringConvertible {
    var description: String { "the page has no lines '\(PerformancePage.begin)' and '\(PerformancePage.end)'" }
}
