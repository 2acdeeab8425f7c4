import AllocationCounter
import ArgumentParser
import Foundation
import MessageBenchmarks

/// Measures what one message costs in each piece of its way, and compares that with the committed ceilings.
@main
struct SignalBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal-benchmarks",
        abstract: "Fails when a piece of the message path costs over 5 % more than its ceiling (docs/benchmarks.md).",
        discussion: "Pieces: \(Benchmark.all.map(\.name).joined(separator: ", ")).")

    @Option(help: "The file of ceilings.")
    var ceilings = "Tests/Benchmarks/ceilings.json"

    @Flag(help: "Write what is measured as the new ceilings.")
    var update = false

    @Argument(help: "The pieces to measure; all if none is named.")
    var pieces: [String] = []

    func validate() throws {
        for piece in pieces where !Benchmark.all.contains(where: { $0.name == piece }) {
            throw ValidationError("There is no piece \(piece).")
        }
    }

    func run() throws {
        guard !isDebugBuild else { throw Complaint("Ceilings are those of a release build: make benchmarks.") }
        guard allocation_counter_works() else { throw Complaint("Allocations can be counted on glibc only.") }
        let chosen = Benchmark.all.filter { pieces.isEmpty || pieces.contains($0.name) }
        let meter = Meter(allocations: { allocation_counter_read() }, cpu: { ThreadClock.nanoseconds })
        var inspection = try Inspection(meter: meter, benchmarks: chosen)
        if update { try renew(&inspection) } else { try compare(&inspection) }
    }

    private func compare(_ inspection: inout Inspection) throws {
        guard let allowed = try readCeilings() else {
            throw Complaint("There is no file \(ceilings): --update makes it.")
        }
        let rows = try inspection.compare(with: allowed)
        show(rows)
        if rows.contains(where: { $0.verdict == .farBelow }) {
            print("Some cost less by now: --update lets their ceilings follow.")
        }
        let refused = rows.filter(\.isRefused).map(\.name)
        guard refused.isEmpty else {
            throw Complaint("Over the ceiling: \(refused.joined(separator: ", ")). What to do: docs/benchmarks.md.")
        }
    }

    private func renew(_ inspection: inout Inspection) throws {
        let old = try readCeilings() ?? Ceilings([])
        let rows = try inspection.renew(old)
        show(rows)
        // A piece that is gone takes its ceiling along.
        var new = pieces.isEmpty ? Ceilings([]) : old
        for row in rows { new.update(row.name, to: row.measured) }
        try new.json.write(toFile: ceilings, atomically: true, encoding: .utf8)
        print("\(ceilings) says so now.")
    }

    private func show(_ rows: [Inspection.Row]) {
        print(Table.header)
        for row in rows { print(Table.line(row)) }
    }

    /// - Returns: nil when there is no such file.
    private func readCeilings() throws -> Ceilings? {
        guard FileManager.default.fileExists(atPath: ceilings) else { return nil }
        return try Ceilings(json: String(contentsOfFile: ceilings, encoding: .utf8))
    }

    private var isDebugBuild: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }
}

/// One sentence for whoever ran the command; the exit code is 1.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ sentence: String) { description = sentence }
}
