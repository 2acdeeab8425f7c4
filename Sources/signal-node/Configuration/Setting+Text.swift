import Logging
import SignalNode

extension Setting {
    /// A value as a source gives it: one text, or the items of a list.
    enum Raw: Equatable {
        case text(String)
        case items([String])

        var text: String {
            switch self {
            case .text(let text): text
            case .items(let items): items.joined(separator: ",")
            }
        }
    }

    /// Why a value was refused: what it should have been.
    struct Mismatch: Error, Equatable {
        let expected: String
    }

    /// Parses `raw` and stores it.
    ///
    /// - Throws: `Mismatch` with a description of the expected value; the configuration is then unchanged.
    func store(_ raw: Raw, in configuration: inout NodeConfiguration) throws(Mismatch) {
        switch value {
        case .integer(let path, let range, _):
            guard let number = Int(raw.text), range.contains(number) else { throw mismatch }
            configuration[keyPath: path] = number
        case .bool(let path):
            guard let flag = Self.boolean(raw.text) else { throw mismatch }
            configuration[keyPath: path] = flag
        case .text(let path):
            guard !raw.text.isEmpty else { throw mismatch }
            configuration[keyPath: path] = raw.text
        case .optionalText(let path):
            guard !raw.text.isEmpty else { throw mismatch }
            configuration[keyPath: path] = raw.text
        case .list(let path):
            configuration[keyPath: path] = Self.items(raw)
        case .level(let path):
            guard let level = Self.levels.first(where: { $0.name == raw.text.lowercased() }) else { throw mismatch }
            configuration[keyPath: path] = level.level
        }
    }

    /// The value as a person would write it in the environment, secrets included; nil when there is none.
    private func plainText(in configuration: NodeConfiguration) -> String? {
        switch value {
        case .integer(let path, _, _): String(configuration[keyPath: path])
        case .bool(let path): String(configuration[keyPath: path])
        case .text(let path): configuration[keyPath: path]
        case .optionalText(let path): configuration[keyPath: path]
        case .list(let path):
            configuration[keyPath: path].isEmpty ? nil : configuration[keyPath: path].joined(separator: ",")
        case .level(let path): Self.levels.first { $0.level == configuration[keyPath: path] }?.name
        }
    }

    /// The value for a screen or a log: secrets and passwords are replaced by `***`.
    func shownText(in configuration: NodeConfiguration) -> String? {
        guard let text = plainText(in: configuration) else { return nil }
        return switch secrecy {
        case .open: text
        case .address: Self.withoutPasswords(text)
        case .secret: "***"
        }
    }

    /// What a value must look like.
    var mismatch: Mismatch {
        switch value {
        case .integer(_, let range, let unit):
            let unit = unit == .count ? "" : " (\(unit.rawValue))"
            return Mismatch(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)\(unit)")
        case .bool: return Mismatch(expected: "true or false")
        case .text, .optionalText: return Mismatch(expected: "a text")
        case .list: return Mismatch(expected: "a list of texts")
        case .level: return Mismatch(expected: "one of " + Self.levels.map(\.name).joined(separator: ", "))
        }
    }

    /// The level names of the log lines, least severe first.
    static let levels: [(name: String, level: Logger.Level)] = [
        ("trace", .trace), ("debug", .debug), ("info", .info), ("warn", .warning), ("error", .error),
    ]

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    private static func items(_ raw: Raw) -> [String] {
        let items =
            switch raw {
            case .items(let items): items
            case .text(let text): text.split(separator: ",").map(String.init)
            }
        return items.map { String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
    }

    /// `redis://user:password@host` → `redis://***@host`, in each part of a `;` list.
    static func withoutPasswords(_ text: String) -> String {
        text.split(separator: ";", omittingEmptySubsequences: false)
            .map { part in
                guard let scheme = part.firstRange(of: "://"), let at = part.lastIndex(of: "@"), at >= scheme.upperBound
                else { return String(part) }
                return part[..<scheme.upperBound] + "***" + part[at...]
            }
            .joined(separator: ";")
    }
}
