import ArgumentParser
import Foundation

/// `signal-load performance`: what `bench` wrote about several servers, as one table, drawings and a page.
struct Performance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts the results of several servers of one run beside each other.",
        discussion: """
            Files with the same server are runs of it, of which the medians count. The exit status is 1 when a signal was
            lost, repeated or out of order anywhere.
            """)

    @Argument(help: "Files that bench --json wrote.")
    var results: [String]

    @Option(help: "The Markdown page whose measured part is written anew.")
    var page: String?

    @Option(help: "The folder that takes the drawings performance-*.svg.")
    var images: String?

    @Option(help: "Versions of what was measured, for the page.")
    var versions: String?

    func run() throws {
        let reports = try results.sorted().map {
            try JSONDecoder().decode(BenchReport.self, from: Data(contentsOf: URL(fileURLWithPath: $0)))
        }
        guard let comparison = Comparison(reports) else { throw ValidationError("There are no results.") }
        print("\(comparison.machine)\n\n\(ComparisonTable(comparison).text())")
        for problem in comparison.problems { print(problem) }
        if let images {
            for plot in PerformancePlots.all(of: comparison) {
                try Data(plot.svg.utf8).write(to: URL(fileURLWithPath: images).appending(path: "\(plot.name).svg"))
            }
        }
        if let page {
            let file = URL(fileURLWithPath: page)
            let measured = PerformancePage.measured(comparison, versions: versions)
            let text = try PerformancePage.replacing(
                measured, in: String(contentsOf: file, encoding: .utf8))
            try Data(text.utf8).write(to: file)
        }
        guard comparison.problems.isEmpty else { throw ExitCode.failure }
    }
}
