import ArgumentParser

/// Load, measurement and failover proof for signaling servers.
@main
struct SignalLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal-load",
        abstract: "Measures signaling servers on this machine, and proves what they promise when parts of them fail.",
        subcommands: [Bench.self, Performance.self, Failover.self, ReportCommand.self, Cost.self])
}
