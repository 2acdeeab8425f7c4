import SignalDomain
import Testing

/// The mirror of moderators' decisions that every node keeps.
@Suite("Sanctions")
struct SanctionsTests {
    let room = try! RoomKey(namespace: "team", room: "a")  // a constant valid name
    let other = try! RoomKey(namespace: "team", room: "b")  // a constant valid name
    let ann = try! PeerID("ann")  // a constant valid name

    private func verdict(
        _ sanctions: Sanctions, subject: String? = nil, token: String? = nil, address: String? = nil,
        in room: RoomKey? = nil, now: Int64 = 10
    ) -> Sanctions.Verdict {
        let principal = Principal(subject: subject, tokenID: token, grants: .member)
        return sanctions.verdict(on: principal, peer: ann, address: address, in: room ?? self.room, now: now)
    }

    @Test("nobody is sanctioned by an empty table")
    func empty() {
        #expect(verdict(Sanctions(), subject: "s", token: "t", address: "a") == .free)
    }

    @Test("a ban meets the peer, the subject or the address it names, there and nowhere else")
    func bans() {
        let targets: [(Sanction.Target, (Sanctions) -> Sanctions.Verdict)] = [
            (.peer(ann), { verdict($0) }),
            (.subject("s"), { verdict($0, subject: "s") }),
            (.address("h"), { verdict($0, address: "h") }),
        ]
        for (target, ask) in targets {
            var sanctions = Sanctions()
            sanctions.apply(SanctionEntry(Sanction(.ban, of: target, in: room), stamp: 1))
            #expect(ask(sanctions).closing == .banned, "\(target)")
            #expect(verdict(sanctions, subject: "s", address: "h", in: other) == .free, "\(target)")
            if target != .peer(ann) { #expect(verdict(sanctions, subject: "x", address: "y") == .free, "\(target)") }
        }
        var everywhere = Sanctions()
        everywhere.apply(SanctionEntry(Sanction(.ban, of: .subject("s"), in: nil), stamp: 1))
        #expect(verdict(everywhere, subject: "s", in: other).closing == .banned)
    }

    @Test("each kind has its own consequence")
    func kinds() {
        var sanctions = Sanctions()
        sanctions.apply(SanctionEntry(Sanction(.revocation, of: .token("t"), in: nil), stamp: 1))
        #expect(verdict(sanctions, token: "t").closing == .tokenRevoked)
        #expect(verdict(sanctions, token: "u") == .free)
        sanctions = Sanctions()
        sanctions.apply(SanctionEntry(Sanction(.closure, of: .room, in: room), stamp: 1))
        #expect(verdict(sanctions).closing == .roomClosed)
        #expect(verdict(sanctions, in: other) == .free)
        sanctions = Sanctions()
        sanctions.apply(SanctionEntry(Sanction(.mute, of: .peer(ann), in: room, expiresAt: 50), stamp: 1))
        #expect(verdict(sanctions) == .init(mutedUntil: 50))
        sanctions.apply(SanctionEntry(Sanction(.mute, of: .subject("s"), in: nil), stamp: 1))
        #expect(verdict(sanctions, subject: "s") == .init(mutedUntil: .max), "the longest mute counts")
    }

    @Test("what has run out or was lifted no longer holds, and a late copy brings nothing back")
    func over() {
        var sanctions = Sanctions()
        let ban = Sanction(.ban, of: .peer(ann), in: room, expiresAt: 100)
        let isNew = sanctions.apply(SanctionEntry(ban, stamp: 5))
        #expect(isNew)
        #expect(verdict(sanctions, now: 99).closing == .banned)
        #expect(verdict(sanctions, now: 100) == .free)
        let isLater = sanctions.apply(SanctionEntry(ban, stamp: 6, isLifted: true))
        #expect(isLater)
        let isLate = sanctions.apply(SanctionEntry(ban, stamp: 5))
        #expect(!isLate)
        #expect(verdict(sanctions, now: 50) == .free)
        sanctions.prune(now: 60, liftedMs: 100)
        #expect(sanctions.all.count == 1, "the lifting is remembered")
        sanctions.prune(now: 107, liftedMs: 100)
        #expect(sanctions.isEmpty)
    }

    @Test("a store hears what it lost, and only what belongs into it")
    func merge() {
        var sanctions = Sanctions()
        let mine = SanctionEntry(Sanction(.ban, of: .peer(ann), in: room), stamp: 5)
        let elsewhere = SanctionEntry(Sanction(.ban, of: .peer(ann), in: other), stamp: 5)
        let lifted = SanctionEntry(Sanction(.mute, of: .peer(ann), in: room), stamp: 9, isLifted: true)
        let ended = SanctionEntry(Sanction(.mute, of: .subject("s"), in: room, expiresAt: 3), stamp: 1)
        for entry in [mine, elsewhere, lifted, ended] { sanctions.apply(entry) }
        var old = lifted
        old.stamp = 8
        old.isLifted = false
        let new = SanctionEntry(Sanction(.ban, of: .subject("x"), in: room), stamp: 7)
        let lost = sanctions.merge([old, new], now: 10) { $0.room == room }
        #expect(lost == [mine, lifted])
        #expect(sanctions.entry(new.id) == new)
        #expect(sanctions.entry(lifted.id) == lifted)
    }

    @Test("only bans of addresses ask for the hash of an address")
    func addresses() {
        var sanctions = Sanctions()
        sanctions.apply(SanctionEntry(Sanction(.ban, of: .peer(ann), in: room), stamp: 1))
        #expect(!sanctions.concernsAddresses)
        sanctions.apply(SanctionEntry(Sanction(.ban, of: .address("h"), in: nil, expiresAt: 20), stamp: 1))
        #expect(sanctions.concernsAddresses)
        sanctions.prune(now: 21, liftedMs: 1)
        #expect(!sanctions.concernsAddresses)
    }

    @Test("entries are read as they were written")
    func text() throws {
        let targets: [Sanction.Target] = try [
            .peer(ann), .subject("a|b:ü "), .token("t"), .address("ip:1"), .room, .network(64496),
            .range(#require(CIDR("192.0.2.0/24"))), .range(#require(CIDR("2001:db8::/32"))),
        ]
        for kind in Sanction.Kind.allCases {
            for target in targets {
                for scope in [room, nil] {
                    let sanction = Sanction(kind, of: target, in: scope, reason: "r|\n", expiresAt: 7)
                    let entry = SanctionEntry(sanction, stamp: 9, isLifted: true)
                    #expect(SanctionEntry(id: entry.id, value: entry.value) == (sanction.isMeaningful ? entry : nil))
                }
            }
        }
    }

    @Test(
        "a block has one spelling, and is of no room",
        arguments: [
            "block|cidr:192.0.2.7%2F24|*", "block|cidr:192.0.2.7|*", "block|asn:0|*", "block|asn:064496|*",
            "block|asn:4294967296|*", "block|asn:64496|team::a", "block|address:x|*", "ban|cidr:192.0.2.0%2F24|*",
            "block|cidr:192.0.2.0%2F33|*", "block|room|*",
        ])
    func foreign(_ id: String) { #expect(SanctionEntry(id: id, value: "1|0|0|") == nil) }

    @Test("blocks are rules about addresses until they end or are lifted, and concern no room")
    func blocks() throws {
        let range = try #require(CIDR("192.0.2.0/24"))
        let inside = try #require(ClientAddress("192.0.2.7"))
        let outside = try #require(ClientAddress("192.0.3.7"))
        var sanctions = Sanctions()
        sanctions.apply(SanctionEntry(Sanction(.block, of: .range(range), in: nil, expiresAt: 100), stamp: 1))
        sanctions.apply(SanctionEntry(Sanction(.block, of: .network(64496), in: nil), stamp: 1))
        sanctions.apply(SanctionEntry(Sanction(.ban, of: .peer(ann), in: other), stamp: 1))
        #expect(verdict(sanctions, address: "192.0.2.7") == .free)
        #expect(!sanctions.concernsAddresses)
        func blocks(_ address: ClientAddress, _ network: UInt32? = nil, at now: Int64 = 99) -> Bool {
            BlockRules(sanctions.blocks).blocks(address, network: network, at: Timestamp(milliseconds: now))
        }
        #expect(BlockRules(sanctions.blocks).count == 2)
        #expect(blocks(inside) && !blocks(outside) && blocks(outside, 64496))
        #expect(!blocks(inside, at: 100), "its end has come")
        sanctions.apply(SanctionEntry(Sanction(.block, of: .network(64496), in: nil), stamp: 2, isLifted: true))
        #expect(!blocks(outside, 64496))
    }
}
