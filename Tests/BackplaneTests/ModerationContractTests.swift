import Backplane
import NIOCore
import SignalDomain
import Testing

/// What every backplane promises about decisions of moderators.
@Suite("The contract of every backplane about moderation")
struct ModerationContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    private func ban(_ reason: String = "", until: Int64? = nil) -> Sanction {
        Sanction(.ban, of: .peer(peer("bob")), in: room, reason: reason, expiresAt: until)
    }

    private func stored(_ reply: BackplaneReply) throws -> [SanctionEntry] {
        guard case .sanctions(let entries) = reply else { throw RigError.notJoined(reply) }
        return entries
    }

    @Test("a decision is stored, stamped and told to every live node", arguments: Rig.Kind.allCases)
    func told(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let nodes = [try await rig.node(1), try await rig.node(2), try await rig.node(3)]
            let deaf = try await rig.node(4, registers: false)
            let before = wallMicros() / 1_000 - 2_000
            let entries = try stored(
                await nodes[0].call(.sanction([SanctionEntry(ban("spam | twice"))], isNew: true)))
            #expect(entries.map(\.sanction) == [ban("spam | twice")])
            #expect(entries.allSatisfy { $0.stamp > before && !$0.isLifted })
            for node in nodes { #expect(try await node.told() == entries.map(InboxFrame.sanction)) }
            #expect(await deaf.seen.isEmpty, "a node without a lease is not asked")
            #expect(try stored(await nodes[2].call(.sanctions)) == entries)
        }
    }

    @Test(
        "of two decisions about the same thing the later one counts, however late the other arrives",
        arguments: Rig.Kind.allCases)
    func later(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let put = try stored(await a.call(.sanction([SanctionEntry(ban())], isNew: true)))
            let lifted = try stored(
                await a.call(.sanction([SanctionEntry(ban(), isLifted: true)], isNew: true)))
            #expect(lifted.map(\.isLifted) == [true])
            #expect(try #require(lifted.first).stamp > #require(put.first).stamp, "even within a millisecond")
            #expect(try stored(await a.call(.sanction(put, isNew: false))) == [], "a node that missed the lifting")
            #expect(try stored(await a.call(.sanctions)) == lifted)
        }
    }

    @Test("a store that lost its data takes back what nodes recall, with its stamp", arguments: Rig.Kind.allCases)
    func recalled(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let known = SanctionEntry(ban(), stamp: 17)
            #expect(try stored(await a.call(.sanction([known], isNew: false))) == [known])
            #expect(try stored(await a.call(.sanction([known], isNew: false))) == [], "twice is once")
            #expect(try await a.told() == [.sanction(known)])
        }
    }

    @Test("what has run out is neither taken nor listed", arguments: Rig.Kind.allCases)
    func expiry(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, moderation: ModerationBounds(liftedMs: 300)) { rig in
            let a = try await rig.node(1)
            #expect(try stored(await a.call(.sanction([SanctionEntry(ban(until: 1))], isNew: true))) == [])
            let soon = wallMicros() / 1_000 + 400
            #expect(try stored(await a.call(.sanction([SanctionEntry(ban(until: soon))], isNew: true))).count == 1)
            let mute = Sanction(.mute, of: .peer(peer("cid")), in: room)
            _ = try await a.call(.sanction([SanctionEntry(mute, isLifted: true)], isNew: true))
            #expect(try stored(await a.call(.sanctions)).count == 2)
            for _ in 0..<300 {
                if try stored(await a.call(.sanctions)).isEmpty { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("they are listed for ever")
        }
    }

    @Test("the table has an end", arguments: Rig.Kind.allCases)
    func bounded(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, moderation: ModerationBounds(sanctions: 2)) { rig in
            let a = try await rig.node(1)
            for name in ["a", "b"] {
                let sanction = Sanction(.ban, of: .subject(name), in: nil)
                #expect(try stored(await a.call(.sanction([SanctionEntry(sanction)], isNew: true))).count == 1)
            }
            let third = SanctionEntry(Sanction(.ban, of: .subject("c"), in: nil))
            #expect(try await a.call(.sanction([third], isNew: true)) == .full)
            let again = SanctionEntry(Sanction(.ban, of: .subject("b"), in: nil, reason: "more"))
            #expect(try stored(await a.call(.sanction([again], isNew: true))).count == 1)
        }
    }

    @Test(
        "no room and no namespace uses up the places of others, and operators keep theirs", arguments: Rig.Kind.allCases
    )
    func shares(_ kind: Rig.Kind) async throws {
        let bounds = ModerationBounds(sanctions: 10, sanctionsPerRoom: 3, sanctionsPerNamespace: 5, liftedMs: 300)
        try await Rig.run(kind, moderation: bounds) { rig in
            let a = try await rig.node(1)
            func put(
                _ room: RoomKey?, _ name: String, _ kind: Sanction.Kind = .mute, lifts: Bool = false
            ) async throws -> Bool {
                let target: Sanction.Target = kind == .closure ? .room : .subject(name)
                let entry = SanctionEntry(Sanction(kind, of: target, in: room), isLifted: lifts)
                return try await a.call(.sanction([entry], isNew: true)) != .full
            }
            let other = try RoomKey(namespace: "team", room: "c")
            let foreign = try RoomKey(namespace: "te", room: "a/b")
            for name in ["1", "2", "3"] { #expect(try await put(room, name)) }
            #expect(try await !put(room, "4"), "the room is full")
            for name in ["2", "3"] { #expect(try await put(room, name, lifts: true), "what is there can be changed") }
            #expect(try await put(room, "", .closure), "and a room can be closed")
            #expect(try await put(other, "1"))
            #expect(try await !put(other, "2"), "the namespace is full")
            for name in ["1", "2", "3"] { #expect(try await put(foreign, name)) }
            let third = try RoomKey(namespace: "t", room: "r")
            #expect(try await put(third, "1"))
            #expect(try await !put(third, "2"), "nine of ten are for rooms")
            #expect(try await put(nil, "1", .revocation), "the tenth is the operators'")
            #expect(try await !put(nil, "2", .revocation))
            // What was lifted is forgotten in time, and gives its place back.
            var isBack = false
            for _ in 0..<300 where !isBack {
                isBack = try await put(room, "4")
                if !isBack { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(isBack)
            #expect(try await !put(room, "5"))
            let lost = ["6", "7"].map { SanctionEntry(Sanction(.mute, of: .subject($0), in: room), stamp: 9) }
            #expect(try stored(await a.call(.sanction([lost[0]], isNew: false))) == [lost[0]], "it was kept before")
            #expect(try await a.call(.sanction([lost[1]], isNew: false)) == .full, "the table has an end for all")
        }
    }

    @Test("a kick is told to every live node, and says whether the peer was there", arguments: Rig.Kind.allCases)
    func kick(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await b.join(room, "bob", member(b, 1))
            #expect(try await a.call(.kick(room, peer("bob"))) == .count(1))
            #expect(try await a.call(.kick(room, peer("nobody"))) == .count(0))
            for node in [a, b] {
                #expect(try await node.told().suffix(2) == [.kick(room, peer("bob")), .kick(room, peer("nobody"))])
            }
        }
    }

    @Test("the rooms of a node and who is where can be listed", arguments: Rig.Kind.allCases)
    func listed(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let info = NodeInfo(name: "a|1", version: "2", startedAt: 7, isDraining: true)
            _ = try await a.call(.describe(a.node, info))
            guard case .nodes(let nodes) = try await b.call(.nodes) else { throw RigError.noFrame }
            #expect(nodes.map(\.node) == [a.node, b.node])
            #expect(nodes.map(\.info.name) == ["a|1", "node|2"])
            #expect(nodes.map(\.info.isDraining) == [true, false])
            #expect(nodes.first?.info.startedAt == 7)
            let rooms = try (0..<1_200).map { try RoomKey(namespace: "n", room: "r\($0)") }
            for room in rooms { _ = try await a.call(.index(a.node, room)) }
            var found: Set<RoomKey> = []
            var cursor: UInt64 = 0
            repeat {
                guard case .roomPage(let page, let next) = try await b.call(.roomsOfNode(a.node, cursor: cursor)) else {
                    throw RigError.noFrame
                }
                found.formUnion(page)
                cursor = next
            } while cursor != 0
            #expect(found == Set(rooms))
            #expect(try await b.call(.roomsOfNode(b.node, cursor: 0)) == .roomPage([], cursor: 0))
            for number in UInt64(1)...3 { try await a.join(room, "a\(number)", member(a, number)) }
            try await b.join(room, "bob", member(b, 9))
            #expect(try await b.call(.occupancy(room)) == .occupancy([a.node: 3, b.node: 1]))
        }
    }
}
