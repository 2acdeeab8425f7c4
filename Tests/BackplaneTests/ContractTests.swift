import Backplane
import NIOCore
import SignalDomain
import Testing

/// What every backplane promises, run against each implementation.
@Suite("The contract of every backplane")
struct ContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    @Test("a join is counted, a leave removes exactly its own connection", arguments: Rig.Kind.allCases)
    func joinAndLeave(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let first = member(a, 1)
            #expect(try await a.join(room, "ann", first).version > 0)
            #expect(try await a.call(.count(room)) == .count(1))
            let stranger = LeaveCommand(
                room: room, peer: peer("ann"), node: a.node, connection: .init(bits: 99), reason: .left)
            #expect(try await a.call(.leave(stranger)) == .left(version: nil))
            #expect(try await a.call(.count(room)) == .count(1))
            guard case .left(let version?) = try await a.call(.leave(a.leaving(room, "ann", first))) else {
                Issue.record("the leave was not accepted")
                return
            }
            #expect(version > 0)
            #expect(try await a.call(.count(room)) == .count(0))
        }
    }

    @Test("a join tells exactly the other nodes that hold members of the room", arguments: Rig.Kind.allCases)
    func interest(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let c = try await rig.node(3)
            _ = try await a.join(room, "ann", member(a, 1))
            let reply = try await b.join(room, "bob", member(b, 2))
            #expect(reply.interest == [a.node: 1, b.node: 1])
            let frame = try await a.next {
                if case .joined(_, _, let peer, _) = $0 { peer.text == "bob" } else { false }
            }
            #expect(frame == .joined(room, version: reply.version, peer("bob"), reply.record))
            // Whatever c was told comes before an echo that it asks for now.
            _ = try await c.call(.heartbeat(c.node, sequence: 7))
            _ = try await c.next { $0 == .echo(sequence: 7) }
            #expect(await c.seen.allSatisfy { if case .joined = $0 { false } else { true } })
        }
    }

    @Test("versions of a room rise by one with every change and never begin again below", arguments: Rig.Kind.allCases)
    func versions(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let first = try await a.join(room, "ann", member(a, 1))
            let second = try await a.join(room, "bob", member(a, 2))
            #expect(second.version == first.version + 1)
            _ = try await a.call(.leave(a.leaving(room, "ann", member(a, 1))))
            _ = try await a.call(.leave(a.leaving(room, "bob", member(a, 2))))
            #expect(try await a.join(room, "ann", member(a, 3)).version > second.version + 2)
        }
    }

    @Test("a peer ID changes hands only to the same owner, and the old node hears of it", arguments: Rig.Kind.allCases)
    func takeover(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let old = try await a.join(room, "ann", member(a, 1, owner: "ip:1"))
            #expect(try await b.call(.join(b.joining(room, "ann", member(b, 2, owner: "ip:2")))) == .inUse)
            let new = try await b.join(room, "ann", member(b, 3, owner: "ip:1"))
            #expect(new.replaced == old.record)
            _ = try await a.next {
                if case .joined(_, _, let peer, let record) = $0 {
                    peer.text == "ann" && record.node == b.node
                } else {
                    false
                }
            }
            // The late close of the old socket removes nothing of the new one.
            #expect(try await a.call(.leave(a.leaving(room, "ann", member(a, 1)))) == .left(version: nil))
            #expect(try await a.call(.count(room)) == .count(1))
        }
    }

    @Test("one session moves only with a higher connection number", arguments: Rig.Kind.allCases)
    func connectionNumbers(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            var record = member(a, 1)
            record.flags = []
            record.connectionNumber = 2
            _ = try await a.join(room, "ann", record)
            var older = member(b, 2)
            older.session = record.session
            older.connectionNumber = 1
            #expect(try await b.call(.join(b.joining(room, "ann", older))) == .stale)
            older.connectionNumber = 3
            let moved = try await b.join(room, "ann", older, hasProof: true)
            #expect(moved.interest == [b.node: 1])
        }
    }

    @Test("a full room refuses one more peer, not a member that comes back", arguments: Rig.Kind.allCases)
    func capacity(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.join(room, "ann", member(a, 1))
            var command = a.joining(room, "bob", member(a, 2))
            command.capacity = 1
            #expect(try await a.call(.join(command)) == .full)
            command = a.joining(room, "ann", member(a, 3))
            command.capacity = 1
            guard case .joined = try await a.call(.join(command)) else {
                Issue.record("a replacement was refused")
                return
            }
        }
    }

    @Test("a node without a lease is fenced", arguments: Rig.Kind.allCases)
    func fence(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1, registers: false)
            #expect(try await a.call(.heartbeat(a.node, sequence: 1)) == .fenced)
            #expect(try await a.call(.join(a.joining(room, "ann", member(a, 1)))) == .fenced)
            let announce = AnnounceCommand(room: room, node: a.node, previous: [], entries: [], isLast: true)
            #expect(try await a.call(.announce(announce)) == .fenced)
            #expect(try await a.call(.count(room)) == .count(0))
        }
    }

    @Test(
        "a lease that runs out is reaped, its node is dead for all, and the sweep removes its members once",
        arguments: Rig.Kind.allCases)
    func death(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, leaseMs: 400, heartbeatMs: 50) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await a.call(.index(a.node, room))
            _ = try await a.join(room, "ann", member(a, 1))
            _ = try await b.join(room, "bob", member(b, 2))
            var dead: [NodeInstance] = []
            for beat in 0..<200 where dead.isEmpty {
                if case .beat(let reply) = try await b.call(.heartbeat(b.node, sequence: UInt64(beat))) {
                    dead = reply.dead
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(dead == [a.node])
            _ = try await b.next { $0 == .dead(a.node) }
            #expect(try await b.call(.claimSweep(dead: a.node, by: b.node)) == .claimed(true))
            #expect(try await b.call(.roomsOfDead(a.node)) == .rooms([room]))
            #expect(try await b.call(.sweep(room, dead: b.node, cursor: 0)) == .swept(cursor: 0, members: 0))
            #expect(try await b.call(.count(room)) == .count(2), "a live node cannot be swept")
            for members in [1, 0] {
                let swept = try await b.call(.sweep(room, dead: a.node, cursor: 0))
                #expect(swept == .swept(cursor: 0, members: members))
            }
            #expect(try await b.call(.count(room)) == .count(1))
            _ = try await b.call(.unindex(a.node, room))
            _ = try await b.call(.finishSweep(dead: a.node))
            guard case .beat(let after) = try await b.call(.heartbeat(b.node, sequence: 999)) else { return }
            #expect(after.dead.isEmpty)
            _ = try await b.next { $0 == .echo(sequence: 999) }
            let lefts = await b.seen.filter { if case .left = $0 { true } else { false } }
            #expect(lefts.count == 1)
        }
    }

    @Test("an announce restores lost members and deletes what the node no longer holds", arguments: Rig.Kind.allCases)
    func announce(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.join(room, "gone", member(a, 1))
            let kept = try await a.join(room, "kept", member(a, 2)).record
            var lost = member(a, 3)
            lost.joinedAt = 5
            let command = AnnounceCommand(
                room: room, node: a.node, previous: [],
                entries: [.init(peer: peer("kept"), record: kept), .init(peer: peer("lost"), record: lost)],
                isLast: true)
            #expect(try await a.call(.announce(command)) == .announced(lost: []))
            guard case .snapshot(let snapshot) = try await a.call(.sync(room)) else { return }
            #expect(Set(snapshot.members.keys) == [peer("kept"), peer("lost")])
            #expect(snapshot.interest == [a.node: 2])
        }
    }

    @Test("a large room is read in pages at one version", arguments: Rig.Kind.allCases)
    func largeRoom(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            for index in 0..<1_201 { _ = try await a.join(room, "p\(index)", member(a, UInt64(index + 1))) }
            guard case .snapshot(let snapshot) = try await a.call(.sync(room)) else { return }
            #expect(snapshot.members.count == 1_201)
        }
    }

    @Test("a batch reaches every inbox it names, in order", arguments: Rig.Kind.allCases)
    func publish(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let c = try await rig.node(3)
            for number in 0..<200 {
                var batch = InboxBatch()
                let payload = ByteBuffer(string: "{\"n\":\(number)}\u{0}\r\n")
                batch.append(.broadcast(room, from: peer("ann"), payload: payload))
                await a.publish(batch.bytes, to: number % 2 == 0 ? [b.node] : [b.node, c.node])
            }
            for node in [b, c] {
                _ = try await node.next {
                    if case .broadcast(_, _, let payload) = $0 {
                        payload == ByteBuffer(string: "{\"n\":199}\u{0}\r\n")
                    } else {
                        false
                    }
                }
            }
            #expect(await b.payloads.count == 200)
            #expect(await b.payloads == (0..<200).map { "{\"n\":\($0)}\u{0}\r\n" })
            #expect(await c.payloads == stride(from: 1, to: 200, by: 2).map { "{\"n\":\($0)}\u{0}\r\n" })
        }
    }

    @Test(
        "a rendezvous record is found from every node, and connected peers are found without one",
        arguments: Rig.Kind.allCases)
    func rendezvous(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let registration = RendezvousRegistration(
                peer: peer("ann"), addresses: ["/ip4/192.0.2.1/tcp/1", "x,y|z"], metadata: "{\"k\":\"v|w\"}",
                ttlMs: 60_000,
                owner: "ip:1|2")
            guard case .rendezvous(.registered(let entry)) = try await a.call(.rendezvousRegister(room, registration))
            else {
                Issue.record("the registration was refused")
                return
            }
            _ = try await b.join(room, "bob", member(b, 2))
            guard case .rendezvous(.page(let page)) = try await b.call(.rendezvousDiscover(room, limit: 10, after: nil))
            else {
                Issue.record("no page")
                return
            }
            #expect(Set(page.entries.map(\.peer)) == [peer("ann"), peer("bob")])
            #expect(page.entries.contains(entry))
            var stolen = registration
            stolen.owner = "ip:2"
            #expect(try await b.call(.rendezvousRegister(room, stolen)) == .rendezvous(.refused(.otherOwner)))
            guard
                case .rendezvous(.page(let nothing)) = try await b.call(
                    .rendezvousDiscover(room, limit: 10, after: page.position))
            else { return }
            #expect(nothing.entries.isEmpty)
            _ = try await a.call(.rendezvousRegister(room, registration))
            guard
                case .rendezvous(.page(let quiet)) = try await b.call(
                    .rendezvousDiscover(room, limit: 10, after: page.position))
            else { return }
            #expect(quiet.entries.isEmpty, "a refresh is no change")
            #expect(
                try await b.call(.rendezvousUnregister(room, peer("ann"), owner: "ip:1|2"))
                    == .rendezvous(.unregistered))
            guard case .rendezvous(.page(let rest)) = try await a.call(.rendezvousDiscover(room, limit: 10, after: nil))
            else { return }
            #expect(rest.entries.map(\.peer) == [peer("bob")])
        }
    }
}
