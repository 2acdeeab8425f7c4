/// What somebody may do in a room: the `grants` of a room token and of a `welcome`.
public struct Grants: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Be a member.
    public static let join = Grants(rawValue: 1 << 0)
    /// Receive what others send.
    public static let read = Grants(rawValue: 1 << 1)
    /// Send signals.
    public static let write = Grants(rawValue: 1 << 2)
    /// Register rendezvous records.
    public static let register = Grants(rawValue: 1 << 3)
    /// Find rendezvous records.
    public static let discover = Grants(rawValue: 1 << 4)
    /// Kick, mute and ban others, and issue invites.
    public static let moderate = Grants(rawValue: 1 << 5)
    /// Close the room.
    public static let delete = Grants(rawValue: 1 << 6)

    /// What a member needs who moderates nobody.
    public static let member: Grants = [.join, .read, .write, .register, .discover]
    /// Everything.
    public static let all: Grants = [.member, .moderate, .delete]

    private static let words: [(name: String, grant: Grants)] = [
        ("join", .join), ("read", .read), ("write", .write), ("register", .register), ("discover", .discover),
        ("moderate", .moderate), ("delete", .delete),
    ]

    /// The words of the grants, in the order of this list.
    public var names: [String] { Self.words.filter { contains($0.grant) }.map(\.name) }

    /// Reads the words of grants; nil when one of them is unknown.
    public init?(names: some Sequence<String>) {
        self = []
        for name in names {
            guard let word = Self.words.first(where: { $0.name == name }) else { return nil }
            insert(word.grant)
        }
    }
}
