import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// `signal-load cost`: what the cluster asks of Redis, beside the formulas of cluster.md.
struct Cost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measures what joins, signals, idle nodes and deaths ask of Redis, and compares it with the formulas.",
        discussion: """
            Starts Redis and up to 31 nodes on free ports of this machine, for less than three minutes. Nothing is left \
            behind, however it ends. Needs redis-server.
            The exit status is 0 when nothing costs more than its formula, 1 when something does, 2 when the cluster \
            could not be run.
            """)

    @Flag(help: "Three nodes and few events, under half a minute.")
    var quick = false

    @Option(help: "The signal-node executable; else that of this build.")
    var node: String?

    @Option(help: "Writes the report as JSON to this file.")
    var json: String?

    @Option(help: "Keeps the logs of all processes in this directory; else they are kept only when the run breaks off.")
    var logs: String?

    func run() async throws {
        let signals = ProcessLedger.shared.endOnSignals()
        defer { withExtendedLifetime(signals) { ProcessLedger.shared.endAll() } }
        try OpenFileLimit.raise(to: 4_000)
        let deadline = RunDeadline.arm(seconds: 300)
        defer { deadline.cancel() }
        let directory = logs ?? NSTemporaryDirectory() + "signal-load-cost-\(getpid())"
        let run = CostRun(
            sizes: quick ? .quick : .full, binary: try NodeBinary.find(node), directory: directory,
            say: { FileHandle.standardError.write(Data("\($0)\n".utf8)) })
        let report: CostReport
        do {
            report = try await run.report()
        } catch {
            print("The run broke off: \(error)\nThe logs are in \(directory).")
            throw ExitCode(2)
        }
        print(report.text())
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
        if logs == nil { try? FileManager.default.removeItem(atPath: directory) }
        guard report.holds else { throw ExitCode.failure }
    }
}

/// Measures row after row.
struct CostRun {
    let sizes: CostSizes
    /// The `signal-node` executable.
    let binary: String
    /// Takes the logs.
    let directory: String
    /// Gets a line of progress.
    let say: @Sendable (String) -> Void

    /// - Throws: when the cluster does not do what it is asked.
    func report() async throws -> CostReport {
        say("starting Redis and \(sizes.clusters[0]) nodes …")
        let cluster = try await CostCluster(binary: binary, directory: directory)
        defer { cluster.end() }
        let meter = CostMeter(probe: try await ActivityProbe(port: cluster.redis.port))
        let empty = try await meter.observe { try await Task.sleep(for: .seconds(1)) }
        try await cluster.grow(to: sizes.clusters[0])
        _ = try await meter.measureIdle(for: .seconds(sizes.seconds))

        let stage = CostStage(
            sizes: sizes, cluster: cluster, meter: meter, loop: MultiThreadedEventLoopGroup.singleton.any(), say: say)
        for dialect in Peer.Dialect.allCases { try await stage.measureMembership(dialect) }
        try await stage.measureSignals()
        try await stage.measureDeath()
        try await stage.measureScale(emptyCPU: empty.activity.cpuMicros / empty.seconds)
        if sizes.clusters.count > 1 { try await stage.measureDeath() }
        return CostReport(
            machine: .current(), redisVersion: try await ActivityProbe.version(port: cluster.redis.port),
            rows: stage.rows, growth: sizes.clusters.count > 1 ? stage.growth : [])
    }
}
