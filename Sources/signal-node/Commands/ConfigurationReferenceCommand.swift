import ArgumentParser

/// `signal-node configuration-reference`: prints docs/configuration.md.
struct ConfigurationReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration-reference",
        abstract: "Prints the reference of all settings as Markdown.",
        shouldDisplay: false)

    func run() { print(ConfigurationReference.markdown, terminator: "") }
}
