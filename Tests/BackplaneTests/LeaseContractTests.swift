import Backplane
import SignalDomain
import SignalTestKit
import Testing

/// What every backplane promises of leases when nobody could renew one for a while.
@Suite("The contract of leases across silence")
struct LeaseContractTests {
    @Test(
        "after a silence longer than a lease a registration may come first, and nobody is declared dead",
        arguments: Rig.Kind.allCases)
    func registrationFirst(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let nodes = [try await rig.node(1), try await rig.node(2), try await rig.node(3)]
            try rig.pass(9_000)
            let newcomer = try await rig.node(4)
            for node in nodes + [newcomer] {
                guard case .beat(let beat) = try await node.call(.heartbeat(node.node, sequence: 1)) else {
                    Issue.record("\(node.node) lost its lease")
                    continue
                }
                #expect(beat.dead.isEmpty)
                #expect(beat.nodes == 4)
            }
        }
    }

    @Test("a lease ends although other commands than heartbeats run", arguments: Rig.Kind.allCases)
    func realDeath(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let dead = try await rig.node(1)
            let alive = try await rig.node(2)
            for _ in 0..<3 {
                try rig.pass(2_000)
                _ = try await alive.call(.heartbeat(alive.node, sequence: 1))
            }
            #expect(try await dead.call(.heartbeat(dead.node, sequence: 1)) == .fenced)
        }
    }

    @Test(
        "a stranger with other shards that comes first after an outage is refused, and let in when the others are gone",
        arguments: Rig.Kind.allCases)
    func stranger(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1, registers: false)
            let stranger = try await rig.node(2, registers: false)
            let known = NodeInfo(name: "a", version: "1", shards: "x")
            let other = NodeInfo(name: "b", version: "1", shards: "y")
            guard case .registered = try await a.call(.register(a.node, known)) else { throw RigError.noLease }
            for isFirst in [true, false] {
                try rig.pass(9_000)
                if isFirst {
                    #expect(try await stranger.call(.register(stranger.node, other)) == .mismatched)
                } else {
                    #expect(try await stranger.call(.compareShards("y")) == .agreed(false))
                }
                guard case .beat(let beat) = try await a.call(.heartbeat(a.node, sequence: 1)) else {
                    throw RigError.noLease
                }
                #expect(beat.dead.isEmpty)
            }
            #expect(try await stranger.call(.compareShards("x")) == .agreed(true))
            for _ in 0..<2 {
                try rig.pass(2_000)
                #expect(try await stranger.call(.compareShards("y")) == .agreed(false))
            }
            try rig.pass(2_000)
            #expect(try await stranger.call(.compareShards("y")) == .agreed(true), "to ask is no outage")
            guard case .registered = try await stranger.call(.register(stranger.node, other)) else {
                throw RigError.noLease
            }
        }
    }

    @Test("an emptied Redis has another name, also if the node that named the last data set is the first in it again")
    func epochs() async throws {
        try await Rig.run(.redis) { rig in
            let server = try #require(rig.server)
            let node = try await rig.node(1)
            let register = BackplaneCommand.register(node.node, NodeInfo(name: "a", version: "1"))
            let first = try await node.call(register)
            #expect(try await node.call(register) == first)
            try server.command(["FLUSHALL"])
            #expect(try await node.call(register) != first)
        }
    }

    @Test("the keys of a room keep their lifetime when a member moves, and when its node announces anew")
    func lifetimes() async throws {
        try await Rig.run(.redis) { rig in
            let server = try #require(rig.server)
            let room = try RoomKey(namespace: "team", room: "a")
            func expectLifetimes(_ what: Comment) throws {
                for key in ["m", "n", "s", "g"] {
                    let left = try server.command(["PTTL", "bs:1:{\(room.text)}:\(key)"])
                    #expect(Int64(left).map { $0 > 0 } == true, what)
                }
            }
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            try await a.join(room, "ann", resumable(a, session: 1))
            try expectLifetimes("a join")
            let moved = try await b.join(room, "ann", resumable(b, session: 1, 2), hasProof: true).record
            try expectLifetimes("a resume")
            var announce = AnnounceCommand(
                room: room, node: b.node, previous: [], entries: [.init(peer: peer("ann"), record: moved)],
                isLast: true)
            _ = try await b.call(.announce(announce))
            try expectLifetimes("an announce")
            let c = try await rig.node(3)
            announce.node = c.node
            announce.previous = [b.node]
            _ = try await c.call(.announce(announce))
            try expectLifetimes("an announce under a new instance")
            // Everybody whom the shared state lists is gone, and somebody else is there.
            announce.entries = [.init(peer: peer("bob"), record: resumable(c, session: 2))]
            _ = try await c.call(.announce(announce))
            try expectLifetimes("an announce that takes everybody else out")
            guard case .snapshot(let snapshot) = try await c.call(.sync(room)) else { return }
            #expect(snapshot.interest == [c.node: 1])
        }
    }
}
