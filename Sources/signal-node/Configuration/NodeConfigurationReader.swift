import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a `NodeConfiguration` from flags, environment and file, the first one that has a value wins.
///
/// It never stops at the first mistake: everything that is wrong is collected, so that one run tells all.
struct NodeConfigurationReader {
    private(set) var configuration = NodeConfiguration()
    /// Sentences, flags first; empty means that `configuration` may be used.
    private(set) var problems: [String] = []
    /// Where each value that is no default came from, by setting key.
    private(set) var origins: [String: String] = [:]

    /// - Parameters:
    ///   - arguments: the flags, without the program's and the subcommand's name.
    ///   - environment: the environment variables of the process.
    ///   - hostName: the name of this machine, the default of `NODE_NAME`.
    init(arguments: [String], environment: [String: String], hostName: String) {
        configuration.nodeName = hostName
        problems = FlagScan(arguments).problems
        var sources = [SettingSource(flags: arguments), SettingSource(environment: environment)]
        if let file = openFile(namedBy: sources) { sources.append(file) }
        for setting in Settings.all { read(setting, from: sources) }
        if problems.isEmpty { problems = configuration.problems() }
        if problems.isEmpty { problems = configuration.redis.addressProblems() }
    }

    private mutating func read(_ setting: Setting, from sources: [SettingSource]) {
        for source in sources where readValue(setting, from: source) { return }
    }

    /// Whether `source` has a value for `setting`, be it good or bad.
    private mutating func readValue(_ setting: Setting, from source: SettingSource) -> Bool {
        // FlagScan has refused a secret among the flags; its value must not reach any sentence.
        if source.kind == .flag, setting.secrecy == .secret { return readFile(setting, from: source) }
        let spelling = source.spelling(of: setting.names)
        let raw: Setting.Raw?
        do {
            raw = try source.raw(setting.names, as: setting.value)
        } catch {
            problems.append("\(spelling): expected \(setting.mismatch.expected).")
            return true
        }
        let fileGiven = readFile(setting, from: source, besides: raw != nil)
        guard let raw else { return fileGiven }
        if source.kind == .flag, setting.secrecy == .address, raw.text.contains("@") {
            problems.append(
                "\(spelling) would show a password to everybody who can list processes: "
                    + "use \(setting.names.environment) or \(setting.fileNames.environment) (a path) instead.")
            return true
        }
        store(raw, of: setting, spelling: spelling, origin: source)
        return true
    }

    private mutating func store(_ raw: Setting.Raw, of setting: Setting, spelling: String, origin: SettingSource) {
        do {
            try setting.store(raw, in: &configuration)
            origins[setting.key] = spelling
        } catch {
            let found = setting.secrecy == .open ? ", but found \"\(raw.text)\"" : ""
            problems.append("\(spelling): expected \(error.expected)\(found).")
        }
    }

    /// Reads the value from the file that `source` names, unless the value itself stands `besides` it.
    private mutating func readFile(
        _ setting: Setting, from source: SettingSource, besides: Bool = false
    ) -> Bool {
        guard setting.hasFileForm else { return false }
        let spelling = source.spelling(of: setting.fileNames)
        guard let path = path(setting.fileNames, in: source) else { return false }
        if besides {
            problems.append("\(spelling) and \(source.spelling(of: setting.names)) are both set: keep one.")
            return true
        }
        guard let bytes = Self.bytes(ofFile: path) else {
            problems.append("\(spelling): cannot read the file \(path).")
            return true
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let text = lines.first, lines.count == 1 || setting.isList else {
            problems.append("\(spelling): the file \(path) must hold exactly one line.")
            return true
        }
        let raw = setting.isList ? Setting.Raw.text(lines.joined(separator: ",")) : .text(String(text))
        store(raw, of: setting, spelling: spelling, origin: source)
        return true
    }

    private mutating func path(_ names: Setting.Names, in source: SettingSource) -> String? {
        do {
            return try source.raw(names, as: .text(\.nodeName))?.text
        } catch {
            problems.append("\(source.spelling(of: names)): expected a path.")
            return nil
        }
    }

    private mutating func openFile(namedBy sources: [SettingSource]) -> SettingSource? {
        for source in sources {
            guard let path = path(Settings.configFile, in: source) else { continue }
            guard let bytes = Self.bytes(ofFile: path) else {
                problems.append("\(source.spelling(of: Settings.configFile)): cannot read the file \(path).")
                return nil
            }
            do {
                let file = try SettingSource(path: path, json: bytes)
                checkKeys(file.members.keys, of: path)
                return file
            } catch {
                problems.append("The file \(path) must hold one JSON object of settings (no comments).")
                return nil
            }
        }
        return nil
    }

    private mutating func checkKeys(_ keys: [String], of path: String) {
        let known = Settings.all.flatMap { $0.hasFileForm ? [$0.key, $0.fileNames.key] : [$0.key] }
        for key in keys where !known.contains(key) {
            let nearest = NearestName.to(key, among: known).map { ": did you mean \($0)?" } ?? "."
            problems.append("\(key) (file \(path)) is not a known setting\(nearest)")
        }
    }

    private static func bytes(ofFile path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) }
    }
}

extension Setting {
    fileprivate var isList: Bool {
        if case .list = value { true } else { false }
    }
}
