import SignalDomain
import Yams

/// One entry of a policy file, field by field.
struct PolicyEntry {
    private static let known = [
        "namespace", "room", "kind", "capacity", "anonymous", "publicWrite", "anonymousWritesPerMinute",
        "anonymousRoomWritesPerMinute", "turn",
    ]
    /// Any limit that a room may have.
    private static let limits = 0...1_000_000_000

    private let fields: [String: Node]
    private let line: Int
    private(set) var problems: [String] = []

    init(_ mapping: Node.Mapping, at line: Int) {
        self.line = line
        var fields: [String: Node] = [:]
        var problems: [String] = []
        for (key, value) in mapping {
            if let name = key.string, Self.known.contains(name) {
                fields[name] = value
            } else {
                let name = PolicyFile.name(key)
                let nearest = NearestName.to(name, among: Self.known).map { ": did you mean \($0)?" } ?? "."
                problems.append("line \(key.mark?.line ?? line): \(name) is not known\(nearest)")
            }
        }
        self.fields = fields
        self.problems = problems
    }

    /// The entry, if nothing is wrong with it.
    mutating func read() -> RoomPolicy.Entry? {
        let namespace = pattern("namespace")
        let room = fields["room"] == nil ? .any : pattern("room")
        if fields["namespace"] == nil { problems.append("line \(line): namespace is missing.") }
        let kind = kind()
        var rules = RoomRules(kind: kind, anonymous: anonymous(in: kind))
        rules.capacity = number("capacity")
        rules.anonymousWritesPerMinute = number("anonymousWritesPerMinute")
        rules.anonymousRoomWritesPerMinute = number("anonymousRoomWritesPerMinute")
        if let turn = fields["turn"] {
            if let flag = turn.bool { rules.hasTURN = flag } else { report(turn, "turn must be true or false.") }
        }
        guard problems.isEmpty, let namespace, let room else { return nil }
        return RoomPolicy.Entry(namespace: namespace, room: room, rules: rules)
    }

    private mutating func pattern(_ name: String) -> NamePattern? {
        guard let node = fields[name] else { return nil }
        // A bare * is an alias in YAML, so the pattern has to be quoted; a number is a name like any other.
        guard let text = node.scalar?.string, let pattern = NamePattern(text) else {
            report(node, "\(name) must be a name, a beginning like \"team-*\", or \"*\".")
            return nil
        }
        return pattern
    }

    private mutating func kind() -> RoomKind {
        guard let node = fields["kind"] else {
            problems.append("line \(line): kind is missing: public, invite or admin.")
            return .admin
        }
        guard let kind = node.string.flatMap(RoomKind.init(rawValue:)) else {
            report(node, "kind must be public, invite or admin.")
            return .admin
        }
        return kind
    }

    /// Rights of peers without a token: named one by one, or all of a member's with or without `write`.
    private mutating func anonymous(in kind: RoomKind) -> Grants {
        let listed = fields["anonymous"]
        let write = fields["publicWrite"]
        if let other = listed ?? write, kind != .public {
            report(other, "only public rooms have rights without a token.")
            return []
        }
        if listed != nil, let write {
            report(write, "publicWrite and anonymous say the same twice: keep one.")
            return []
        }
        if let listed {
            let names = listed.sequence?.map { $0.string ?? "" }
            guard let names, let grants = Grants(names: names), Grants.member.isSuperset(of: grants) else {
                report(listed, "anonymous must be a list of \(Grants.member.names.joined(separator: ", ")).")
                return []
            }
            return grants
        }
        guard let write else { return kind == .public ? .member : [] }
        switch write.string {
        case "allow": return .member
        case "deny": return .member.subtracting(.write)
        default:
            report(write, "publicWrite must be allow or deny.")
            return []
        }
    }

    private mutating func number(_ name: String) -> Int? {
        guard let node = fields[name] else { return nil }
        guard let number = node.int, Self.limits.contains(number) else {
            report(node, "\(name) must be a whole number from 0 to \(Self.limits.upperBound).")
            return nil
        }
        return number
    }

    private mutating func report(_ node: Node, _ sentence: String) {
        problems.append("line \(node.mark?.line ?? line): \(sentence)")
    }
}
