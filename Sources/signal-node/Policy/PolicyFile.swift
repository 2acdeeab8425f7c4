import SignalDomain
import Yams

/// The policy of rooms as a YAML file: `rooms:` and a list of patterns with their rules, the first match first.
///
/// It collects everything that is wrong, each with its line, so that one run tells all.
struct PolicyFile {
    private(set) var entries: [RoomPolicy.Entry] = []
    /// Sentences that begin with `line N:`; empty means that `entries` may be used.
    private(set) var problems: [String] = []

    init(yaml: String) {
        do {
            if let root = try compose(yaml: yaml) { read(root) } else { problems.append("line 1: the file is empty.") }
        } catch {
            problems.append(Self.sentence(about: error))
        }
    }

    private mutating func read(_ root: Node) {
        guard case .mapping(let document) = root else {
            return problems.append("line 1: expected rooms: and a list of entries.")
        }
        var rooms: Node?
        for (key, value) in document {
            if key.string == "rooms" { rooms = value } else { report(key, "\(Self.name(key)) is not known; rooms is.") }
        }
        guard let rooms else { return problems.append("line 1: rooms: is missing.") }
        guard case .sequence(let list) = rooms else { return report(rooms, "rooms must be a list of entries.") }
        for item in list {
            guard case .mapping(let fields) = item else {
                report(item, "an entry must be an object with a namespace.")
                continue
            }
            var entry = PolicyEntry(fields, at: item.mark?.line ?? 1)
            if let read = entry.read() { entries.append(read) }
            problems += entry.problems
        }
        if list.isEmpty { report(rooms, "rooms holds no entry.") }
    }

    private mutating func report(_ node: Node, _ sentence: String) {
        problems.append("line \(node.mark?.line ?? 1): \(sentence)")
    }

    static func name(_ node: Node) -> String { node.string ?? "this key" }

    /// The parser's own complaint, in one line.
    private static func sentence(about error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)."
        case .duplicatedKeysInMapping(let keys, let context):
            "line \(context.mark.line): \(keys.joined(separator: ", ")) stands there twice."
        default: "line 1: this is not YAML in UTF-8."
        }
    }
}
