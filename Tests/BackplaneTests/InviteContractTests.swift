import Backplane
import SignalDomain
import Testing

/// What every backplane promises about invites and tickets.
@Suite("The contract of every backplane about invites and tickets")
struct InviteContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    private func uses(_ reply: BackplaneReply) -> Int? {
        if case .invite(let invite) = reply { invite?.uses } else { nil }
    }

    @Test(
        "an invite has as many uses as it says, and a redeemer who asks again takes none", arguments: Rig.Kind.allCases)
    func uses(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let invite = try invite(in: room, maxUses: 2)
            #expect(try await a.call(.createInvite(invite)) == .done)
            #expect(uses(try await a.call(.redeemInvite(invite.id, redeemer: "one"))) == 1)
            #expect(uses(try await b.call(.redeemInvite(invite.id, redeemer: "one"))) == 1)
            #expect(uses(try await b.call(.redeemInvite(invite.id, redeemer: "two"))) == 2)
            #expect(try await a.call(.redeemInvite(invite.id, redeemer: "three")) == .invite(nil))
            #expect(uses(try await a.call(.redeemInvite(invite.id, redeemer: "two"))) == 2, "a retry after the end")
            #expect(uses(try await a.call(.invite(invite.id))) == 2)
        }
    }

    @Test(
        "a revoked invite, one that ran out and one that never was are redeemed by nobody", arguments: Rig.Kind.allCases
    )
    func over(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let revoked = try invite(in: room)
            _ = try await a.call(.createInvite(revoked))
            guard case .invite(let after?) = try await a.call(.revokeInvite(revoked.id)) else { throw RigError.noFrame }
            #expect(after.isRevoked)
            #expect(try await a.call(.redeemInvite(revoked.id, redeemer: "r")) == .invite(nil))
            let late = try invite(in: room, number: 2, expiresAt: 1)
            _ = try await a.call(.createInvite(late))
            let unknown = try invite(in: room, number: 3).id
            for id in [late.id, unknown] {
                #expect(try await a.call(.redeemInvite(id, redeemer: "r")) == .invite(nil))
                #expect(try await a.call(.invite(id)) == .invite(nil))
                #expect(try await a.call(.revokeInvite(id)) == .invite(nil))
            }
            guard case .invites(let all) = try await a.call(.invites(room)) else { throw RigError.noFrame }
            #expect(all.map(\.id) == [revoked.id])
            let other = try RoomKey(namespace: "team", room: "other")
            #expect(try await a.call(.invites(other)) == .invites([]))
        }
    }

    @Test("a room has so many invites and no more", arguments: Rig.Kind.allCases)
    func bounded(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, moderation: ModerationBounds(invitesPerRoom: 1)) { rig in
            let a = try await rig.node(1)
            #expect(try await a.call(.createInvite(invite(in: room, expiresAt: 1))) == .done)
            #expect(try await a.call(.createInvite(invite(in: room, number: 2))) == .done, "the first one ran out")
            #expect(try await a.call(.createInvite(invite(in: room, number: 3))) == .full)
        }
    }

    @Test("a ticket opens once, and not for ever", arguments: Rig.Kind.allCases)
    func ticket(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let holder = TicketHolder(
                room: room,
                principal: Principal(
                    subject: "ann|ü", tokenID: "j:1", grants: [.join, .moderate], expiresAt: 42, peer: peer("ann"),
                    isAuthenticated: true))
            #expect(try await a.call(.storeTicket(digest: "d1", holder, ttlMs: 30_000)) == .done)
            #expect(try await b.call(.takeTicket(digest: "d2")) == .ticket(nil))
            #expect(try await b.call(.takeTicket(digest: "d1")) == .ticket(holder))
            #expect(try await a.call(.takeTicket(digest: "d1")) == .ticket(nil))
            _ = try await a.call(.storeTicket(digest: "d3", holder, ttlMs: 1))
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await a.call(.takeTicket(digest: "d3")) == .ticket(nil))
        }
    }
}

/// An invite whose ID follows from `number`.
func invite(in room: RoomKey, number: Int = 1, maxUses: Int = 1, expiresAt: Int64 = 99_999_999_999_000) throws -> Invite
{
    let id = try #require(InviteID(shard: 0, digest: String(repeating: "\(number)", count: 32)))
    return Invite(id: id, room: room, grants: .member, maxUses: maxUses, expiresAt: expiresAt)
}
