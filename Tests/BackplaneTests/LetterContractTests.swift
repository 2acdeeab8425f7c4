import Backplane
import NIOCore
import SignalDomain
import Testing

/// What every backplane promises of directed signals: where they go, what waits, and who hears of the end.
@Suite("The contract of directed signals")
struct LetterContractTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    @Test(
        "a letter is stored for the session that holds the peer ID, and its node hears of it",
        arguments: Rig.Kind.allCases)
    func store(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await b.join(room, "bob", resumable(b, session: 2)).record
            let far = letter(from: "ann", ann, .max, "{\"a\":\"\u{0}\u{FF}é\r\n\"}")
            guard case .stored(let id, bob.session, b.node) = try await a.send(far, room, to: "bob") else {
                Issue.record("the letter was not stored")
                return
            }
            #expect(
                try await b.told() == [.letter(room, to: peer("bob"), bob.session, InboxEntry(id: id, letter: far))])
            let near = letter(from: "ann", ann, 2)
            guard case .stored(_, ann.session, a.node) = try await a.send(near, room, to: "ann") else {
                Issue.record("the letter was not stored")
                return
            }
            let news = try await a.told().filter { if case .letter = $0 { true } else { false } }
            #expect(news.isEmpty, "the sending node has the reply")
            let back = try await b.join(room, "bob", resumable(b, session: 2, 2), hasProof: true)
            #expect(back.inbox == [InboxEntry(id: id, letter: far)])
        }
    }

    @Test("a best effort signal is passed on and kept nowhere", arguments: Rig.Kind.allCases)
    func pass(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await b.join(room, "bob", resumable(b, session: 2)).record
            var signal = letter(from: "ann", ann, 0, "{\"b\":\"\u{0}\"}")
            signal.id = ""
            var command = SendCommand(room: room, to: peer("bob"), letter: signal, isStored: false)
            #expect(try await a.call(.send(command)) == .sent(.passed(session: bob.session, node: b.node)))
            #expect(try await b.told() == [.directed(room, to: peer("bob"), payload: signal.payload)])
            command.to = peer("ann")
            #expect(try await a.call(.send(command)) == .sent(.passed(session: ann.session, node: a.node)))
            #expect(try await a.told().allSatisfy { if case .directed = $0 { false } else { true } })
            #expect(
                try await b.join(room, "bob", resumable(b, session: 2, 2), hasProof: true).inbox.isEmpty)
        }
    }

    @Test(
        "nobody gets what is meant for somebody else, and a node without a lease sends nothing",
        arguments: Rig.Kind.allCases)
    func refusals(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let each = letter(from: "ann", ann, 1)
            #expect(try await a.send(each, room, to: "bob") == .notFound)
            #expect(try await a.send(each, room, to: "ann", session: SessionID(high: 9, low: 9)) == .notFound)
            guard case .stored = try await a.send(each, room, to: "ann", session: ann.session) else {
                Issue.record("the session that was meant did not get it")
                return
            }
            let b = try await rig.node(2, registers: false)
            var stranger = each
            stranger.node = b.node
            let command = SendCommand(room: room, to: peer("ann"), letter: stranger, isStored: true)
            #expect(try await b.call(.send(command)) == .fenced)
        }
    }

    @Test(
        "an inbox holds so many letters and so many bytes; what is confirmed makes room", arguments: Rig.Kind.allCases)
    func limits(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, limits: InboxLimits(entries: 3, bytes: 100)) { rig in
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await a.join(room, "bob", resumable(a, session: 2)).record
            func send(_ bytes: Int) async throws -> InboxID? {
                let each = letter(from: "ann", ann, 1, String(repeating: "x", count: bytes))
                switch try await a.send(each, room, to: "bob") {
                case .stored(let id, _, _): return id
                case .full: return nil
                case let other:
                    Issue.record("\(other)")
                    return nil
                }
            }
            func confirm(_ ids: [InboxID]) async throws {
                let command = ConfirmCommand(
                    room: room, session: bob.session, ids: ids, receipts: [], level: .received)
                #expect(try await a.call(.confirm(command)) == .done)
            }
            #expect(try await send(101) == nil)
            let first = try #require(try await send(60))
            #expect(try await send(41) == nil)
            let second = try #require(try await send(40))
            try await confirm([first])
            #expect(try await send(61) == nil)
            let third = try #require(try await send(60))
            try await confirm([second, third, first])
            let rest = [try await send(1), try await send(1), try await send(1)].compactMap(\.self)
            #expect(rest.count == 3)
            #expect(try await send(1) == nil)
            #expect([first, second, third] + rest == ([first, second, third] + rest).sorted())
        }
    }

    @Test("a confirmation takes out what it names and tells the nodes that keep copies", arguments: Rig.Kind.allCases)
    func confirm(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await b.join(room, "bob", resumable(b, session: 2)).record
            var ids: [InboxID] = []
            for number in 1...4 as ClosedRange<UInt64> {
                if case .stored(let id, _, _) = try await a.send(letter(from: "ann", ann, number), room, to: "bob") {
                    ids.append(id)
                }
            }
            var command = ConfirmCommand(
                room: room, session: bob.session, ids: [ids[0], ids[2]],
                receipts: [.init(node: a.node, numbers: [1, .max]), .init(node: b.node, numbers: [3])],
                level: .written)
            #expect(try await b.call(.confirm(command)) == .done)
            #expect(try await a.told().contains(.confirmed([1, .max], .written)))
            #expect(try await b.told().contains(.confirmed([3], .written)))
            let back = try await b.join(room, "bob", resumable(b, session: 2, 2), hasProof: true)
            #expect(back.inbox.map(\.id) == [ids[1], ids[3]])
            // Letters that never were in the inbox have copies, too.
            command.session = SessionID(high: 8, low: 8)
            command.level = .received
            #expect(try await b.call(.confirm(command)) == .done)
            #expect(try await a.told().contains(.confirmed([1, .max], .received)))
        }
    }

    @Test(
        "when a member leaves, the copies and the senders that are still there hear of its letters",
        arguments: Rig.Kind.allCases)
    func undeliver(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, limits: InboxLimits(entries: 4)) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await b.join(room, "bob", resumable(b, session: 2)).record
            let cat = try await b.join(room, "cat", resumable(b, session: 3)).record
            for number in 1...4 as ClosedRange<UInt64> {
                _ = try await a.send(letter(from: "bob", bob, 90 + number), room, to: "ann")
            }
            let kept = letter(from: "ann", ann, 7)
            let copyless = letter(from: "ann", ann, 0)
            var former = letter(from: "cat", cat, 8)
            former.session = SessionID(high: 5, low: 5)
            for each in [kept, copyless, former] { _ = try await a.send(each, room, to: "bob") }
            #expect(try await b.call(.leave(b.leaving(room, "bob", bob))) != .left(version: nil))
            let told = try await a.told()
            #expect(told.contains(.undeliverable(number: 7, .left)))
            #expect(!told.contains(.undeliverable(number: 0, .left)), "nobody keeps a copy")
            let news = [kept, copyless].map { Letter.undeliverable($0, to: peer("bob"), bob.session, reason: .left) }
            #expect(told.compactMap(\.letter).filter { $0.kind == .undeliverable } == news)
            let atB = try await b.told()
            #expect(atB.contains(.undeliverable(number: 8, .left)))
            #expect(atB.compactMap(\.letter?.kind) == [.signal, .signal], "a former session is not there")
            // The news is in the inbox although that is full, and stays there until it is confirmed.
            let back = try await a.join(room, "ann", resumable(a, session: 1, 2), hasProof: true)
            #expect(back.inbox.map(\.letter).suffix(2) == news)
            #expect(back.inbox.count == 6)
            // News that cannot be delivered either ends there.
            #expect(
                try await a.call(.leave(a.leaving(room, "ann", resumable(a, session: 1, 2)))) != .left(version: nil))
            let after = try await b.told().filter { if case .undeliverable = $0 { true } else { false } }
            #expect(after == [.undeliverable(number: 8, .left)] + (91...94).map { .undeliverable(number: $0, .left) })
        }
    }

    @Test(
        "a sweep, an announce and a takeover report the letters of those that lose their place",
        arguments: Rig.Kind.allCases)
    func otherEnds(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            func write(_ name: String, _ number: UInt64) async throws {
                guard case .stored = try await a.send(letter(from: "ann", ann, number), room, to: name) else {
                    Issue.record("\(name) got no letter")
                    return
                }
            }
            _ = try await b.join(room, "lost", resumable(b, session: 2))
            try await write("lost", 2)
            #expect(try await b.call(.retire(b.node, leaseMs: 0)) == .done)
            _ = try await a.call(.heartbeat(a.node, sequence: 1))
            #expect(try await a.call(.sweep(room, dead: b.node, cursor: 0)) == .swept(cursor: 0, members: 1))
            #expect(try await a.told().contains(.undeliverable(number: 2, .nodeLost)))

            _ = try await a.join(room, "disowned", resumable(a, session: 3))
            try await write("disowned", 3)
            var entries = [AnnounceCommand.Entry(peer: peer("ann"), record: ann)]
            func announce() async throws {
                let command = AnnounceCommand(
                    room: room, node: a.node, previous: [], entries: entries, isLast: true)
                guard case .announced(let lost, _) = try await a.call(.announce(command)) else {
                    Issue.record("the announce was not taken")
                    return
                }
                #expect(lost.isEmpty)
            }
            try await announce()
            #expect(try await a.told().contains(.undeliverable(number: 3, .left)))

            _ = try await a.join(room, "taken", member(a, 4))
            try await write("taken", 4)
            _ = try await a.join(room, "taken", member(a, 5))
            #expect(try await a.told().contains(.undeliverable(number: 4, .replaced)))

            try await write("taken", 5)
            var winner = member(a, 6)
            winner.generation = .max
            entries.append(.init(peer: peer("taken"), record: winner))
            try await announce()
            #expect(try await a.told().contains(.undeliverable(number: 5, .replaced)))
            let news = try await a.join(room, "ann", resumable(a, session: 1, 2), hasProof: true).inbox
            #expect(
                news.map { String(buffer: $0.letter.payload) } == [
                    #"{"type":"undeliverable","id":"2","to":"lost","reason":"node-lost"}"#,
                    #"{"type":"undeliverable","id":"3","to":"disowned","reason":"left"}"#,
                    #"{"type":"undeliverable","id":"4","to":"taken","reason":"replaced"}"#,
                    #"{"type":"undeliverable","id":"5","to":"taken","reason":"replaced"}"#,
                ])
        }
    }

    @Test("letters that nobody takes are forgotten after their time", arguments: Rig.Kind.allCases)
    func expiry(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, limits: InboxLimits(entries: 1, ttlMs: 300)) { rig in
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            func send(_ number: UInt64) async throws -> Bool {
                if case .stored = try await a.send(letter(from: "ann", ann, number), room, to: "ann") {
                    true
                } else {
                    false
                }
            }
            var stored = 0
            for number in 0..<1_000 as Range<UInt64> where stored < 2 {
                if try await send(number) { stored += 1 }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(stored == 2)
            let back = try await a.join(room, "ann", resumable(a, session: 1, 2), hasProof: true)
            #expect(back.inbox.count <= 1, "the first one is gone")
        }
    }
}

extension InboxFrame {
    fileprivate var letter: Letter? { if case .letter(_, _, _, let entry) = self { entry.letter } else { nil } }
}
