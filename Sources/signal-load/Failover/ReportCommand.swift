import ArgumentParser
import FailoverHistory
import Foundation

/// `signal-load report`: the JSON of a failover run for people.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Prints the report of a failover run that was written with --json.")

    @Argument(help: "The report, for example .build/failover/report.json.")
    var file: String

    @Flag(help: "The tables of docs/failover.md instead of those for a terminal.")
    var markdown = false

    func run() throws {
        let report: Report
        do {
            report = try JSONDecoder().decode(Report.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw ValidationError("\(file) is not the report of a failover run: \(error.localizedDescription)")
        }
        print(markdown ? report.markdown() : report.text(), terminator: markdown ? "" : "\n")
    }
}
