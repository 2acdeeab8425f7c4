/// What the operator decides about rooms: an ordered list of patterns, and what holds for all other rooms.
public struct RoomPolicy: Hashable, Sendable {
    /// One pattern and its rules.
    public struct Entry: Hashable, Sendable {
        public var namespace: NamePattern
        public var room: NamePattern
        public var rules: RoomRules

        public init(namespace: NamePattern, room: NamePattern = .any, rules: RoomRules) {
            self.namespace = namespace
            self.room = room
            self.rules = rules
        }
    }

    /// The first match decides.
    private let entries: [Entry]
    /// For rooms that no entry matches.
    private let fallback: RoomRules

    public init(entries: [Entry] = [], fallback: RoomRules = RoomRules()) {
        self.entries = entries
        self.fallback = fallback
    }

    public func rules(for room: RoomKey) -> RoomRules {
        entries.first { $0.namespace.matches(room.namespace) && $0.room.matches(room.room) }?.rules ?? fallback
    }

    /// Whether anybody may do everything in every room, as on a node without any setting.
    public var isOpen: Bool {
        ([fallback] + entries.map(\.rules)).allSatisfy { $0.kind == .public && $0.anonymous.isSuperset(of: .member) }
    }

    /// What a peer without a token may do in some room at least.
    public var anonymousSomewhere: Grants {
        entries.reduce(fallback.anonymous) { $0.union($1.rules.anonymous) }
    }
}

extension RoomPolicy {
    /// The namespaces of public rooms where nobody named any.
    public static let defaultPublicNamespaces = ["global", "globalroom"]

    /// The lists of namespaces, for what the policy file leaves open.
    public struct Lists: Hashable, Sendable {
        /// Empty = not said.
        public var `public`: [NamePattern] = []
        public var invite: [NamePattern] = []
        public var admin: [NamePattern] = []
        /// Whether peers without a token may send signals in public rooms.
        public var hasPublicWrite = true
        /// Whether a shared token is set: it stays needed in every room that no list or file opens.
        public var hasSharedToken = false
        /// Whether there are keys of room tokens.
        public var hasRoomTokens = false

        public init() {}
    }

    /// The entries of a policy file, behind them the lists, behind these the default: with a shared token its holders
    /// may enter any room; with nothing configured anybody may; otherwise the default public namespaces are public and
    /// every other room needs a room token.
    public init(entries: [Entry] = [], lists: Lists) {
        let visitors: Grants = lists.hasPublicWrite ? .member : .member.subtracting(.write)
        let open = RoomRules(kind: .public, anonymous: visitors)
        let invite = RoomRules(kind: .invite, anonymous: [])
        var all = entries
        all += lists.admin.map { Entry(namespace: $0, rules: RoomRules(kind: .admin, anonymous: [])) }
        all += lists.invite.map { Entry(namespace: $0, rules: invite) }
        all += lists.public.map { Entry(namespace: $0, rules: open) }
        if lists.hasSharedToken {
            self.init(entries: all, fallback: RoomRules(kind: .public, anonymous: .discover))
        } else if all.isEmpty, !lists.hasRoomTokens {
            self.init(fallback: open)
        } else {
            let names = lists.public.isEmpty ? Self.defaultPublicNamespaces : []
            all += names.map { Entry(namespace: .exact($0), rules: open) }
            self.init(entries: all, fallback: invite)
        }
    }
}
