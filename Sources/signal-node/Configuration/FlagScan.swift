/// Looks through a command line for what no setting understands, and for secrets that do not belong there.
struct FlagScan {
    private(set) var problems: [String] = []
    private var seen: Set<String> = []

    /// - Parameter arguments: what stands behind the subcommand, without options of the command itself.
    init(_ arguments: [String]) {
        var expectsValue = false
        for argument in arguments {
            if argument.hasPrefix("--") {
                let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let flag = String(parts[0])
                check(flag)
                expectsValue = parts.count == 1
            } else if expectsValue {
                expectsValue = false
            } else {
                problems.append("\"\(argument)\" is not a flag: write --name value or --name=value.")
            }
        }
    }

    private mutating func check(_ flag: String) {
        if !seen.insert(flag).inserted { problems.append("\(flag) is given twice.") }
        if let secret = Self.secrets[flag] {
            problems.append(
                "\(flag) would show a secret to everybody who can list processes: "
                    + "use \(secret.names.environment) or \(secret.fileNames.environment) (a path) instead.")
        } else if !Self.known.contains(flag) {
            let nearest = NearestName.to(flag, among: Self.known.sorted()).map { ": did you mean \($0)?" }
            problems.append("\(flag) is not a known flag\(nearest ?? "; signal-node serve --help lists all.")")
        }
    }

    private static let secrets = Dictionary(
        uniqueKeysWithValues: Settings.all.filter { $0.secrecy == .secret }.map { ($0.names.flag, $0) })

    private static let known = Set(
        Settings.all.flatMap { setting in
            (setting.secrecy == .secret ? [] : [setting.names.flag])
                + (setting.hasFileForm ? [setting.fileNames.flag] : [])
        } + [Settings.configFile.flag])
}
