import ArgumentParser

/// Load and measurement for servers that speak dialect 1 of the signaling protocol.
@main
struct SignalLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal-load",
        abstract: "Measures signaling servers on this machine.",
        subcommands: [Bench.self])
}
