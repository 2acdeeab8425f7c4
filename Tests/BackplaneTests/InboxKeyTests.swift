import Backplane
import NIOCore
import SignalDomain
import SignalTestKit
import Testing

/// What letters leave behind in Redis, and what still works when it is full.
@Suite("Inboxes in Redis")
struct InboxKeyTests {
    let room = try! RoomKey(namespace: "team", room: "a/b")  // a constant valid name

    private func keys(_ server: RedisServer) throws -> Set<String> {
        Set(try server.command(["KEYS", "bs:1:{\(room.text)}:i*"]).split(whereSeparator: \.isNewline).map(String.init))
    }

    @Test("an inbox that runs empty is kept for its short time, and nothing is left of a room without members")
    func lifetimes() async throws {
        try await Rig.run(.redis, limits: InboxLimits(ttlMs: 600_000, emptyTTLMs: 60_000)) { rig in
            let server = try #require(rig.server)
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await a.join(room, "bob", resumable(a, session: 2)).record
            guard case .stored(let id, _, _) = try await a.send(letter(from: "ann", ann, 1), room, to: "bob") else {
                Issue.record("the letter was not stored")
                return
            }
            let total = "bs:1:{\(room.text)}:i"
            let stream = "\(total):\(bob.session.text)"
            func milliseconds(_ key: String) throws -> Int { try #require(Int(try server.command(["PTTL", key]))) }
            #expect(try keys(server) == [total, stream])
            #expect(try (500_000...600_000).contains(milliseconds(stream)))
            #expect(try milliseconds(total) >= milliseconds(stream), "the sums outlive the letters")
            let command = ConfirmCommand(
                room: room, session: bob.session, ids: [id], receipts: [], level: .received)
            #expect(try await a.call(.confirm(command)) == .done)
            #expect(try keys(server) == [stream])
            #expect(try (1...60_000).contains(milliseconds(stream)))
            _ = try await a.send(letter(from: "bob", bob, 2), room, to: "ann")
            #expect(try await a.call(.leave(a.leaving(room, "bob", bob))) != .left(version: nil))
            #expect(try !keys(server).contains(stream))
            #expect(try await a.call(.leave(a.leaving(room, "ann", ann))) != .left(version: nil))
            #expect(try keys(server).isEmpty)
        }
    }

    @Test("a Redis that is out of memory takes no letter, and still confirms, updates and reports")
    func outOfMemory() async throws {
        try await Rig.run(.redis) { rig in
            let server = try #require(rig.server)
            let a = try await rig.node(1)
            let ann = try await a.join(room, "ann", resumable(a, session: 1)).record
            let bob = try await a.join(room, "bob", resumable(a, session: 2)).record
            guard case .stored(let id, _, _) = try await a.send(letter(from: "ann", ann, 1), room, to: "bob") else {
                Issue.record("the letter was not stored")
                return
            }
            _ = try await a.send(letter(from: "ann", ann, 2), room, to: "bob")
            _ = try server.command(["CONFIG", "SET", "maxmemory", "1"])
            await #expect(throws: BackplaneError.self) {
                _ = try await a.send(letter(from: "ann", ann, 3), room, to: "bob")
            }
            let confirm = ConfirmCommand(
                room: room, session: bob.session, ids: [id], receipts: [.init(node: a.node, numbers: [1])],
                level: .received)
            #expect(try await a.call(.confirm(confirm)) == .done)
            let update = UpdateCommand(
                room: room, peer: peer("bob"), node: a.node, connection: bob.connection, flags: .away, metadata: "")
            #expect(try await a.call(.update(update)) != .updated(version: nil))
            #expect(try await a.call(.leave(a.leaving(room, "bob", bob))) != .left(version: nil))
            let told = try await a.told()
            #expect(told.contains(.confirmed([1], .received)))
            #expect(told.contains(.undeliverable(number: 2, .left)))
        }
    }
}
