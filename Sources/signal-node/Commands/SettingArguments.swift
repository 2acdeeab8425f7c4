import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The flags of the settings, for every subcommand that reads a configuration.
struct SettingArguments: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Settings as flags: --name value or --name=value.", valueName: "settings"))
    var flags: [String] = []

    /// Reads the configuration of this process.
    ///
    /// - Throws: `BrokenConfiguration` with every problem.
    func read() throws -> NodeConfigurationReader { try Self.read(flags) }

    /// The same with flags that are at hand.
    static func read(_ flags: [String]) throws -> NodeConfigurationReader {
        let process = ProcessInfo.processInfo
        let reader = NodeConfigurationReader(
            arguments: flags, environment: process.environment, hostName: process.hostName)
        guard reader.problems.isEmpty else { throw BrokenConfiguration(problems: reader.problems) }
        return reader
    }
}

/// A configuration with which the node does not start; printed to standard error, exit code 1.
struct BrokenConfiguration: Error, CustomStringConvertible {
    let problems: [String]

    var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["The configuration has \(count):"] + problems.map { "  - \($0)" }).joined(separator: "\n")
    }
}
