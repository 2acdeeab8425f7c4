import ArgumentParser

/// `signal-node serve`: reads the configuration and runs the node until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the node (the default).",
        discussion: ConfigurationReference.help)

    @OptionGroup var settings: SettingArguments

    func run() async throws {
        let configuration = try settings.read().configuration
        let problems = await AccessFiles(configuration).problems() + BlockFiles(configuration).problems()
        guard problems.isEmpty else { throw BrokenConfiguration(problems: problems) }
        let flags = settings.flags
        let running = RunningSettings { try SettingArguments.read(flags).configuration }
        try await Assembly.run(configuration, running)
    }
}
