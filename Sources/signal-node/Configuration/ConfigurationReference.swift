import SignalNode

/// The table of settings as text for people: the help of `serve` and docs/configuration.md.
enum ConfigurationReference {
    /// The discussion of `serve --help`: every flag with its unit, default and sentence.
    static var help: String {
        var lines = wrapped(
            "Every setting is a flag, an environment variable (--max-message-bytes is MAX_MESSAGE_BYTES) and a key of the "
                + "JSON file given by --config-file (maxMessageBytes). Flags win over the environment, the environment "
                + "over the file. Secrets are never flags: use the variable, or --…-file with a path.",
            indent: 0)
        for group in Setting.Group.allCases {
            lines += ["", "\(group.rawValue.uppercased())"]
            for setting in Settings.all where setting.group == group {
                let flag = setting.secrecy == .secret ? setting.fileNames.flag : setting.names.flag
                lines.append("  \(flag) \(setting.placeholder)")
                lines += wrapped("\(setting.help) (\(setting.defaultText))", indent: 6)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Cuts a text into indented lines that fit the narrowest usual terminal.
    private static func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + 1 + word.count <= 78 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(margin + word)
            }
        }
    }

    /// docs/configuration.md.
    static var markdown: String {
        var lines = [
            "# Configuration",
            "",
            "<!-- Generated from the table in Sources/signal-node/Configuration/Settings.swift:",
            "     signal-node configuration-reference > docs/configuration.md -->",
            "",
            "A node without any setting runs alone, with an embedded backplane and every room open. Each setting below is",
            "an environment variable, a flag (`MAX_MESSAGE_BYTES` is `--max-message-bytes`) and a key of the JSON file that",
            "`CONFIG_FILE` or `--config-file` names. **Flags win over the environment, the environment over the file, the",
            "file over the default.**",
            "",
            "- An empty environment variable counts as unset. Lists are separated by commas; in the file they are arrays.",
            "- A setting marked *secret* is never accepted as a flag, because every user of the machine can list flags. Give",
            "  the variable, or the path of a file with the value in the same name plus `_FILE` (`--…-file`, `…File`).",
            "  A setting marked *address* is refused as a flag only when it carries a password.",
            "- An unknown flag or file key stops the start, and the sentence names the nearest known one.",
            "- A limit of 0 means off where the text says so.",
            "- `signal-node check` reads everything like `serve`, explains each problem in one line and exits with 1, or",
            "  prints the effective values with secrets hidden.",
        ]
        for group in Setting.Group.allCases {
            lines += [
                "", "## \(group.rawValue)", "", "| environment | file key | default | meaning |", "|---|---|---|---|",
            ]
            for setting in Settings.all where setting.group == group { lines.append(setting.markdownRow) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Setting {
    /// The default in words, from an untouched `NodeConfiguration`.
    fileprivate var defaultText: String {
        "default: " + (defaultInWords ?? shownText(in: NodeConfiguration()) ?? "none")
    }

    fileprivate var placeholder: String {
        switch value {
        case .integer(_, _, .count): "<number>"
        case .integer(_, _, let unit): "<\(unit.rawValue)>"
        case .bool: "<true|false>"
        case .text, .optionalText: secrecy == .secret ? "<path>" : "<text>"
        case .list: secrecy == .secret ? "<path>" : "<item,item>"
        case .level: "<level>"
        }
    }

    fileprivate var markdownRow: String {
        let unit = if case .integer(_, _, let unit) = value, unit != .count { " " + unit.rawValue } else { "" }
        let preset = defaultInWords ?? "`\(shownText(in: NodeConfiguration()) ?? "")`" + unit
        let mark =
            switch secrecy {
            case .open: ""
            case .address: " *address*"
            case .secret: " *secret*"
            }
        return "| `\(names.environment)`\(mark) | `\(key)` | \(preset) | \(help) |"
    }
}
