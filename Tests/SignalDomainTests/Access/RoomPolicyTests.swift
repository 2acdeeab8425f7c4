import SignalDomain
import Testing

@Suite("The policy of rooms")
struct RoomPolicyTests {
    private func room(_ namespace: String, _ room: String = "r") throws -> RoomKey {
        try RoomKey(namespace: namespace, room: room)
    }

    private func patterns(_ texts: String...) throws -> [NamePattern] {
        try texts.map { try #require(NamePattern($0)) }
    }

    @Test("without anything configured every room is public with all rights of members")
    func open() throws {
        let policy = RoomPolicy(lists: .init())
        #expect(policy.isOpen)
        #expect(try policy.rules(for: room("anything")) == RoomRules())
    }

    @Test("with a shared token alone every room is public, and who has none may only discover")
    func sharedToken() throws {
        var lists = RoomPolicy.Lists()
        lists.hasSharedToken = true
        let policy = RoomPolicy(lists: lists)
        #expect(!policy.isOpen)
        for name in ["global", "elsewhere"] {
            let rules = try policy.rules(for: room(name))
            #expect(rules.kind == .public)
            #expect(rules.anonymous == .discover)
        }
    }

    @Test("with keys of room tokens the default namespaces are public and every other room needs a token")
    func roomTokens() throws {
        var lists = RoomPolicy.Lists()
        lists.hasRoomTokens = true
        let policy = RoomPolicy(lists: lists)
        #expect(!policy.isOpen)
        #expect(try policy.rules(for: room("global")).anonymous == .member)
        #expect(try policy.rules(for: room("globalroom")).kind == .public)
        #expect(try policy.rules(for: room("elsewhere")) == RoomRules(kind: .invite, anonymous: []))
    }

    @Test("lists decide by namespace; the stricter list wins")
    func lists() throws {
        var lists = RoomPolicy.Lists()
        lists.public = try patterns("lobby", "team-*")
        lists.invite = try patterns("team-*", "ops")
        lists.admin = try patterns("ops")
        let policy = RoomPolicy(lists: lists)
        #expect(try policy.rules(for: room("lobby")).kind == .public)
        #expect(try policy.rules(for: room("team-a")).kind == .invite)
        #expect(try policy.rules(for: room("ops")).kind == .admin)
        // A list of its own replaces the default names.
        #expect(try policy.rules(for: room("global")).kind == .invite)
    }

    @Test("a namespace that is listed as public is open also where a shared token is set")
    func listedPublic() throws {
        var lists = RoomPolicy.Lists()
        lists.hasSharedToken = true
        lists.public = try patterns("lobby")
        let policy = RoomPolicy(lists: lists)
        #expect(try policy.rules(for: room("lobby")).anonymous == .member)
        #expect(try policy.rules(for: room("global")).anonymous == .discover)
    }

    @Test("publicWrite=deny leaves peers without a token their other rights")
    func readOnly() throws {
        var lists = RoomPolicy.Lists()
        lists.hasPublicWrite = false
        let rules = try RoomPolicy(lists: lists).rules(for: room("global"))
        #expect(rules.anonymous == [.join, .read, .register, .discover])
    }

    @Test("the first entry of the file that matches wins, before every list")
    func entries() throws {
        var lists = RoomPolicy.Lists()
        lists.admin = try patterns("*")
        let policy = RoomPolicy(
            entries: [
                .init(namespace: .exact("a"), room: .prefix("x-"), rules: RoomRules(capacity: 1)),
                .init(namespace: .exact("a"), rules: RoomRules(capacity: 2)),
                .init(namespace: .prefix("a"), rules: RoomRules(capacity: 3)),
            ], lists: lists)
        #expect(try policy.rules(for: room("a", "x-1")).capacity == 1)
        #expect(try policy.rules(for: room("a", "y")).capacity == 2)
        #expect(try policy.rules(for: room("ab", "x-1")).capacity == 3)
        #expect(try policy.rules(for: room("b")).kind == .admin)
    }
}
