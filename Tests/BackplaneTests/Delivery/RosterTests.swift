import SignalDomain
import Testing

@testable import Backplane

@Suite("What clients are shown of their room")
struct RosterTests {
    private func record(session: UInt64, node: UInt64 = 1, away: Bool = false, metadata: String = "") -> MemberRecord {
        MemberRecord(
            node: NodeInstance(bits: node), session: SessionID(high: session, low: 0),
            connection: ConnectionID(bits: session), owner: "sub:x", flags: away ? .away : [], joinedAt: 7,
            metadata: metadata)
    }

    @Test("joins and leaves of a peer take turns, whatever is said twice")
    func alternation() {
        var roster = Roster([:])
        let ann = record(session: 1)
        #expect(roster.update(peer("ann"), ann, reason: .left) == [.joined(peer("ann"), Roster.Entry(ann))])
        #expect(roster.update(peer("ann"), ann, reason: .left) == [])
        #expect(roster.update(peer("ann"), nil, reason: .timeout) == [.left(peer("ann"), .timeout)])
        #expect(roster.update(peer("ann"), nil, reason: .timeout) == [])
    }

    @Test("a session that moves shows nothing, another one of the same peer a leave and a join")
    func moves() {
        var roster = Roster([peer("ann"): record(session: 1)])
        #expect(roster.update(peer("ann"), record(session: 1, node: 2), reason: .left) == [])
        let other = record(session: 2)
        #expect(
            roster.update(peer("ann"), other, reason: .left)
                == [.left(peer("ann"), .replaced), .joined(peer("ann"), Roster.Entry(other))])
    }

    @Test("only what changed is shown")
    func updates() {
        var roster = Roster([peer("ann"): record(session: 1)])
        #expect(
            roster.update(peer("ann"), record(session: 1, away: true), reason: .left)
                == [.updated(peer("ann"), metadata: nil, isAway: true)])
        #expect(
            roster.update(peer("ann"), record(session: 1, away: true, metadata: "{}"), reason: .left)
                == [.updated(peer("ann"), metadata: "{}", isAway: nil)])
    }

    @Test("a review finds who came, went or changed unseen")
    func differing() {
        let roster = Roster([peer("ann"): record(session: 1), peer("bob"): record(session: 2)])
        let members = [
            peer("bob"): record(session: 2, away: true), peer("cid"): record(session: 3),
        ]
        #expect(roster.differing(from: members) == [peer("ann"), peer("bob"), peer("cid")])
        #expect(roster.differing(from: [peer("ann"): record(session: 1), peer("bob"): record(session: 2)]) == [])
    }
}
