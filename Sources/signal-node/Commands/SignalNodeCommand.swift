import ArgumentParser

/// The program: `serve` unless another subcommand is named.
@main
struct SignalNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal-node",
        abstract: "One node of a WebRTC signaling cluster.",
        version: version,
        subcommands: [
            ServeCommand.self, CheckCommand.self, HealthCommand.self, NodesCommand.self, RoomCommand.self,
            PeersCommand.self, BlockCommand.self, InviteCommand.self, TokenCommand.self, DrainCommand.self,
            UndrainCommand.self, AuditCommand.self,
            ConfigurationReferenceCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// The version that the node reports in logs and to its cluster.
    static let version = "0.1.0"
}
