import ArgumentParser

/// `signal-node check`: explains a broken configuration line by line, or prints the effective one.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Explains what is wrong with the configuration, or prints the effective one.",
        discussion: "Takes the settings of serve. Exits with 0 when the node would start, else with 1.")

    @OptionGroup var settings: SettingArguments

    func run() async throws {
        let reader = try settings.read()
        let configuration = reader.configuration
        let problems = await AccessFiles(configuration).problems() + BlockFiles(configuration).problems()
        guard problems.isEmpty else { throw BrokenConfiguration(problems: problems) }
        print(Self.report(reader))
    }

    /// One line per setting: name, value without secrets, and where it came from.
    static func report(_ reader: NodeConfigurationReader) -> String {
        let width = Settings.all.map(\.names.environment.count).max() ?? 0
        let lines = Settings.all.map { setting in
            let name = setting.names.environment
            let value = setting.shownText(in: reader.configuration) ?? "-"
            let origin = reader.origins[setting.key].map { "   from \($0)" } ?? ""
            return "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)\(origin)"
        }
        return (["The configuration is good:"] + lines).joined(separator: "\n")
    }
}
