import Backplane
import SignalDomain
import Testing

/// Ownership, lists and changes of rendezvous records, on every backplane.
@Suite("The contract of rendezvous")
struct RendezvousContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    private func record(_ name: String, owner: String = "ip:1", ttlMs: Int64 = 60_000, metadata: String = "{}")
        -> RendezvousRegistration
    {
        RendezvousRegistration(
            peer: peer(name), addresses: ["/dns/\(name)"], metadata: metadata, ttlMs: ttlMs, owner: owner)
    }

    private func changes(_ node: RigNode, after: Int64, limit: Int = 100) async throws -> RendezvousChanges {
        guard
            case .rendezvous(.changes(let found)) = try await node.call(
                .rendezvousChanges(room, after: after, limit: limit))
        else { throw RigError.noFrame }
        return found
    }

    private func words(_ found: RendezvousChanges) -> [String] {
        found.changes.map {
            switch $0 {
            case .registered(let entry): "+\(entry.peer)"
            case .removed(let peer, _): "-\(peer)"
            }
        }
    }

    @Test("a connected peer's name can be registered by its own owner only", arguments: Rig.Kind.allCases)
    func connectedOwner(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.join(room, "bob", member(a, 1, owner: "sub:x|y"))
            #expect(
                try await a.call(.rendezvousRegister(room, record("bob", owner: "ip:2")))
                    == .rendezvous(.refused(.otherOwner)))
            guard
                case .rendezvous(.registered) = try await a.call(
                    .rendezvousRegister(room, record("bob", owner: "sub:x|y")))
            else {
                Issue.record("the peer itself was refused")
                return
            }
        }
    }

    @Test("another owner can neither replace nor remove a record", arguments: Rig.Kind.allCases)
    func ownership(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.call(.rendezvousRegister(room, record("ann")))
            let refused = BackplaneReply.rendezvous(.refused(.otherOwner))
            #expect(try await a.call(.rendezvousRegister(room, record("ann", owner: "ip:2"))) == refused)
            #expect(try await a.call(.rendezvousUnregister(room, peer("ann"), owner: "ip:2")) == refused)
            #expect(try await a.call(.rendezvousUnregister(room, peer("nobody"), owner: "ip:2")) != refused)
        }
    }

    @Test(
        "a list takes no more lines than it may, its own again, and forgets those that end",
        arguments: Rig.Kind.allCases)
    func lists(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            func reserve(_ item: String, ttlMs: Int64 = 60_000, holder: String = "address:{x}:1") async throws
                -> RendezvousOutcome?
            {
                let line = RendezvousReservation(holder: holder, item: item, ttlMs: ttlMs)
                guard case .rendezvous(let outcome) = try await a.call(.rendezvousReserve(line, limit: 2)) else {
                    return nil
                }
                return outcome
            }
            #expect(try await reserve("one") == .reserved(isNew: true))
            #expect(try await reserve("two", ttlMs: 400) == .reserved(isNew: true))
            #expect(try await reserve("two", ttlMs: 1) == .reserved(isNew: false))
            #expect(try await reserve("three") == .refused(.tooManyRecords(retryAfterSeconds: 1)))
            #expect(try await reserve("three", holder: "owner:1") == .reserved(isNew: true))
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await reserve("three") == .reserved(isNew: true))
            #expect(try await reserve("four") != .reserved(isNew: true))
            let gone = RendezvousReservation(holder: "address:{x}:1", item: "one", ttlMs: 0)
            #expect(try await a.call(.rendezvousRelease(gone)) == .done)
            #expect(try await reserve("four") == .reserved(isNew: true))
        }
    }

    @Test("changes are what came and went, of records and of members, oldest first", arguments: Rig.Kind.allCases)
    func comingsAndGoings(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await a.call(.rendezvousRegister(room, record("ann")))
            let bob = member(b, 2)
            _ = try await b.join(room, "bob", bob)
            var found = try await changes(b, after: 0)
            #expect(words(found) == ["+ann", "+bob"] && !found.hasMore)
            _ = try await a.call(.rendezvousRegister(room, record("ann")))
            #expect(try await changes(b, after: found.through).changes.isEmpty, "a refresh is no change")
            _ = try await a.call(.rendezvousRegister(room, record("cid")))
            _ = try await a.call(.rendezvousUnregister(room, peer("ann"), owner: "ip:1"))
            _ = try await b.call(.leave(b.leaving(room, "bob", bob)))
            found = try await changes(a, after: found.through)
            #expect(words(found) == ["+cid", "-ann", "-bob"])
            // Whoever asks later, and from another node, is told the same.
            #expect(words(try await changes(b, after: 0)) == ["+cid", "-ann", "-bob"])
            _ = try await a.call(.rendezvousRegister(room, record("ann", metadata: #"{"new":1}"#)))
            found = try await changes(a, after: found.through)
            #expect(words(found) == ["+ann"])
        }
    }

    @Test("a record that runs out is a removal", arguments: Rig.Kind.allCases)
    func expiry(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.call(.rendezvousRegister(room, record("ann", ttlMs: 300)))
            let first = try await changes(a, after: 0)
            #expect(words(first) == ["+ann"])
            try await Task.sleep(for: .milliseconds(400))
            #expect(words(try await changes(a, after: first.through)) == ["-ann"])
        }
    }

    @Test("pages of changes leave nothing out and repeat nothing", arguments: Rig.Kind.allCases)
    func pages(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            var expected: Set<String> = []
            for number in 0..<20 {
                _ = try await a.call(.rendezvousRegister(room, record("p\(number)")))
                _ = try await a.join(room, "p\(number)", member(a, UInt64(number)))
                _ = try await a.join(room, "m\(number)", member(a, UInt64(100 + number)))
                expected.formUnion(["+p\(number)", "+m\(number)"])
            }
            var after: Int64 = 0
            var seen: [String] = []
            for _ in 0..<40 {
                let found = try await changes(a, after: after, limit: 3)
                #expect(found.changes.allSatisfy { $0.number > after && $0.number <= found.through })
                seen += words(found)
                after = found.through
                if !found.hasMore { break }
            }
            #expect(seen.count == expected.count && Set(seen) == expected)
        }
    }
}
