import Backplane
import NIOCore
import SignalDomain
import Testing

/// What every backplane promises to a session that comes back, and of members that change while they stay.
@Suite("The contract of resumes and updates")
struct ResumeContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    @Test("a session moves with its resume token and not with another one or none", arguments: Rig.Kind.allCases)
    func proof(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let first = try await a.join(room, "ann", resumable(a, session: 1)).record
            var wrong = b.joining(room, "ann", resumable(b, session: 1, 2, token: "bb"))
            #expect(try await b.call(.join(wrong)) == .denied)
            wrong.hasProof = true
            #expect(try await b.call(.join(wrong)) == .denied)
            #expect(try await b.call(.join(b.joining(room, "ann", resumable(b, session: 1, 2)))) == .denied)
            guard case .snapshot(let unchanged) = try await a.call(.sync(room)) else { return }
            #expect(unchanged.members == [peer("ann"): first])
            let moved = try await b.join(room, "ann", resumable(b, session: 1, 2), hasProof: true)
            #expect(moved.replaced == first)
            #expect(moved.record.joinedAt == first.joinedAt)
            // An old connection is stale before anybody asks for its token.
            #expect(try await a.call(.join(a.joining(room, "ann", resumable(a, session: 1, 2)))) == .stale)
        }
    }

    @Test(
        "a session that was never heard of moves without its token, and no longer once it spoke",
        arguments: Rig.Kind.allCases
    )
    func unheard(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            _ = try await a.join(room, "ann", resumable(a, session: 1, 1, flags: .unheard))
            let again = try await a.join(room, "ann", resumable(a, session: 1, 2, token: "bb", flags: .unheard)).record
            #expect(again.flags == .unheard)
            let spoke = UpdateCommand(
                room: room, peer: peer("ann"), node: a.node, connection: again.connection, flags: [], metadata: "")
            #expect(try await a.call(.update(spoke)) == .updated(version: nil))
            #expect(
                try await a.call(.join(a.joining(room, "ann", resumable(a, session: 1, 3, token: "bb")))) == .denied)
        }
    }

    @Test("a session that must be known is not founded anew", arguments: Rig.Kind.allCases)
    func mustResume(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            var back = a.joining(room, "ann", resumable(a, session: 1, 2))
            back.hasProof = true
            back.mustResume = true
            #expect(try await a.call(.join(back)) == .unknown)
            #expect(try await a.call(.count(room)) == .count(0))
            _ = try await a.join(room, "ann", resumable(a, session: 1))
            guard case .joined(let place) = try await a.call(.join(back)) else {
                Issue.record("a known session could not go on")
                return
            }
            #expect(place.replaced?.connectionNumber == 1)
        }
    }

    @Test("a resume brings what waits, oldest first, and takes nothing away", arguments: Rig.Kind.allCases)
    func replay(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            _ = try await b.join(room, "bob", resumable(b, session: 2))
            let letters = (1...20).map { letter(from: "ann", ann, UInt64($0), "{\"n\":\($0)}\u{0}\r\n") }
            for each in letters { _ = try await a.send(each, room, to: "bob") }
            for number in 2...3 as ClosedRange<UInt64> {
                let back = try await a.join(room, "bob", resumable(a, session: 2, number), hasProof: true)
                #expect(back.inbox.map(\.letter) == letters)
                #expect(back.inbox.map(\.id) == back.inbox.map(\.id).sorted())
                #expect(Set(back.inbox.map(\.id)).count == 20)
            }
            #expect(try await a.told().allSatisfy { if case .undeliverable = $0 { false } else { true } })
        }
    }

    @Test("what waits for a session is never given to another one", arguments: Rig.Kind.allCases)
    func otherSession(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            var old = resumable(a, session: 2)
            old.owner = "sub:bob"
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            _ = try await a.join(room, "bob", old)
            _ = try await a.send(letter(from: "ann", ann, 7), room, to: "bob")
            var new = resumable(a, session: 3)
            new.owner = "sub:bob"
            #expect(try await a.join(room, "bob", new).inbox.isEmpty)
            #expect(try await a.told().contains(.undeliverable(number: 7, .replaced)))
            // Nor does the old session find its letters when it comes back as a new one.
            old.connectionNumber = 2
            old.connection = ConnectionID(bits: 99)
            #expect(try await a.join(room, "bob", old).inbox.isEmpty)
        }
    }

    @Test("an inbox that is left over from another place of the session is reported", arguments: Rig.Kind.allCases)
    func leftOver(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            _ = try await a.join(room, "bob", resumable(a, session: 2))
            _ = try await a.send(letter(from: "ann", ann, 7), room, to: "bob")
            #expect(try await a.join(room, "bea", resumable(a, session: 2, 5)).inbox.isEmpty)
            #expect(try await a.told().contains(.undeliverable(number: 7, .left)))
            let back = try await a.join(room, "bob", resumable(a, session: 2, 6), hasProof: true)
            #expect(back.inbox.isEmpty)
        }
    }

    @Test("others hear of an update that they can see, under the next version", arguments: Rig.Kind.allCases)
    func update(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await b.join(room, "bob", resumable(b, session: 2))
            let place = try await a.join(room, "ann", resumable(a, session: 1, flags: .unheard))
            var expected = place.record
            var command = UpdateCommand(
                room: room, peer: peer("ann"), node: a.node, connection: place.record.connection, flags: [],
                metadata: "")
            #expect(try await a.call(.update(command)) == .updated(version: nil), "that it spoke, nobody can see")
            command.metadata = #"{"a":"x|y\n"}"#
            #expect(try await a.call(.update(command)) == .updated(version: place.version + 1))
            expected.flags = []
            expected.metadata = command.metadata
            let metadata = InboxFrame.joined(room, version: place.version + 1, peer("ann"), expected)
            command.flags = .away
            #expect(try await a.call(.update(command)) == .updated(version: place.version + 2))
            expected.flags = .away
            let away = InboxFrame.joined(room, version: place.version + 2, peer("ann"), expected)
            #expect(try await a.call(.update(command)) == .updated(version: nil), "nothing changes the second time")
            #expect(try await b.told().suffix(2) == [metadata, away])
            #expect(try await a.told().allSatisfy { $0 != metadata && $0 != away }, "a node knows its own members")
            guard case .snapshot(let snapshot) = try await b.call(.sync(room)) else { return }
            #expect(snapshot.members[peer("ann")] == expected)
            #expect(snapshot.version == place.version + 2)
        }
    }

    @Test("an update of a connection that is gone changes nothing", arguments: Rig.Kind.allCases)
    func lateUpdate(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await a.join(room, "ann", resumable(a, session: 1, 1))
            let now = try await b.join(room, "ann", resumable(b, session: 1, 2), hasProof: true)
            var late = UpdateCommand(
                room: room, peer: peer("ann"), node: a.node, connection: resumable(a, session: 1, 1).connection,
                flags: .away, metadata: "{}")
            #expect(try await a.call(.update(late)) == .updated(version: nil))
            late.connection = now.record.connection
            #expect(try await a.call(.update(late)) == .updated(version: nil), "another node holds it")
            late.peer = peer("nobody")
            #expect(try await a.call(.update(late)) == .updated(version: nil))
            guard case .snapshot(let snapshot) = try await a.call(.sync(room)) else { return }
            #expect(snapshot.members == [peer("ann"): now.record])
            #expect(snapshot.version == now.version)
        }
    }
}
