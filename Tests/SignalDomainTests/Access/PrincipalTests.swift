import SignalDomain
import Testing

@Suite("Who may do what in a room")
struct PrincipalTests {
    typealias Denial = RoomRules.Denial

    static func token(
        _ grants: Grants = .member, namespace: String = "n", room: String? = "r"
    ) -> Identity {
        .roomToken(
            RoomToken(
                subject: "sue", id: "t1", namespace: namespace, room: room, grants: grants, notBefore: 0,
                expiresAt: 60_000))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let kind: RoomKind
        let identity: Identity
        let denial: Denial?
        let testDescription: String
    }

    static let cases: [Case] = [
        Case(kind: .public, identity: .anonymous, denial: nil, testDescription: "anybody in a public room"),
        Case(kind: .invite, identity: .anonymous, denial: .tokenNeeded, testDescription: "nobody in an invite room"),
        Case(kind: .admin, identity: .anonymous, denial: .tokenNeeded, testDescription: "nobody in an admin room"),
        Case(kind: .public, identity: .sharedToken, denial: nil, testDescription: "the shared token, public"),
        Case(kind: .invite, identity: .sharedToken, denial: .forbidden, testDescription: "the shared token, invite"),
        Case(kind: .admin, identity: .sharedToken, denial: .forbidden, testDescription: "the shared token, admin"),
        Case(kind: .public, identity: token(), denial: nil, testDescription: "a room token, public"),
        Case(kind: .invite, identity: token(), denial: nil, testDescription: "a room token, invite"),
        Case(kind: .admin, identity: token(), denial: .forbidden, testDescription: "a member's token, admin"),
        Case(
            kind: .admin, identity: token([.member, .moderate]), denial: nil,
            testDescription: "a moderator's token, admin"),
        Case(kind: .invite, identity: token(room: nil), denial: nil, testDescription: "a token for every room"),
        Case(kind: .invite, identity: token(room: "q"), denial: .forbidden, testDescription: "another room's token"),
        Case(
            kind: .invite, identity: token(namespace: "m"), denial: .forbidden,
            testDescription: "another namespace's token"),
        Case(
            kind: .invite, identity: token(namespace: "m", room: nil), denial: .forbidden,
            testDescription: "a token for every room of another namespace"),
        Case(
            kind: .public, identity: token(room: "q"), denial: .forbidden,
            testDescription: "another room's token in a public room"),
        Case(kind: .invite, identity: token([.read]), denial: .forbidden, testDescription: "a token without join"),
        Case(kind: .admin, identity: .operator, denial: nil, testDescription: "an operator everywhere"),
    ]

    @Test("follows from the kind of the room and the identity", arguments: cases)
    func verdict(_ one: Case) throws {
        let rules = RoomRules(kind: one.kind, anonymous: .member)
        let room = try RoomKey(namespace: "n", room: "r")
        var denial: Denial?
        do throws(Denial) { _ = try rules.principal(of: one.identity, in: room, needing: .join) } catch {
            denial = error
        }
        #expect(denial == one.denial)
    }

    @Test("a room token's holder has its grants, its subject and its end; an operator everything")
    func principal() throws {
        let room = try RoomKey(namespace: "n", room: "r")
        let rules = RoomRules(kind: .invite, anonymous: [])
        let holder = try rules.principal(of: Self.token([.join, .read]), in: room, needing: .join)
        #expect(holder.subject == "sue")
        #expect(holder.tokenID == "t1")
        #expect(holder.grants == [.join, .read])
        #expect(holder.expiresAt == 60_000)
        #expect(holder.isAuthenticated && !holder.isOperator)
        let boss = try rules.principal(of: .operator, in: room, needing: .all)
        #expect(boss.isOperator && boss.grants == .all)
    }

    @Test("names that look alike are different rooms to a token")
    func lookalikes() throws {
        let rules = RoomRules(kind: .invite, anonymous: [])
        let room = try RoomKey(namespace: "n", room: "caf\u{E9}")
        #expect(throws: Denial.forbidden) {
            try rules.principal(of: Self.token(room: "cafe\u{301}"), in: room, needing: .join)
        }
    }
}
