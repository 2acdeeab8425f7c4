import Foundation
import SignalDomain
import Testing

@Suite("RendezvousRoom")
struct RendezvousRoomTests {
    let start = Timestamp(milliseconds: 1_795_384_680_958)

    private func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    @discardableResult
    private func register(
        _ peer: String, in room: inout RendezvousRoom, at now: Timestamp, owner: String = "me", metadata: String = "{}",
        ttlMs: Int64 = 60_000
    ) throws -> RendezvousRoom.Registration {
        try room.register(
            peer: PeerID(peer), addresses: ["/ip4/192.0.2.1"], metadata: metadata, ttlMs: ttlMs, owner: owner, now: now)
    }

    @Test("a record has the members of the protocol in their order")
    func rendersRecords() throws {
        var room = RendezvousRoom()
        let entry = try room.register(
            peer: PeerID("p"), addresses: ["a\"1", "b"], metadata: #"{"k":[1e999]}"#, ttlMs: 60_001, owner: "secret",
            now: start
        ).entry
        #expect(
            text(entry.json(in: try RoomKey(namespace: nil, room: "r")))
                == #"{"peerId":"p","namespace":"global","room":"r","addresses":["a\"1","b"],"metadata":{"k":[1e999]},"seenAt":1795384680958,"expiresAt":1795384740959,"ttlMs":60001,"refreshAfterMs":30000}"#
        )
    }

    @Test("a refresh moves the expiry and is no change; new content is")
    func refreshes() throws {
        var room = RendezvousRoom()
        let first = try register("p", in: &room, at: start)
        let refresh = try register("p", in: &room, at: later(1000))
        let change = try register("p", in: &room, at: later(1000), metadata: #"{"a":1}"#)
        #expect(first.isChange && !refresh.isChange && change.isChange)
        #expect(refresh.entry.change == first.entry.change && change.entry.change > first.entry.change)
        #expect(refresh.entry.expiresAt == later(61_000) && room.count == 1)
    }

    @Test("changes grow even within one millisecond and when the clock goes back")
    func ordersChanges() throws {
        var room = RendezvousRoom()
        let changes = try [("a", 0), ("b", 0), ("c", -5000), ("d", 1)].map {
            try register($0.0, in: &room, at: later(Int64($0.1))).entry.change
        }
        #expect(changes == changes.sorted() && Set(changes).count == 4)
        #expect(changes[0] == start.milliseconds * 1000)
    }

    @Test("a live peerId belongs to its owner, an expired one to whoever comes")
    func guardsOwners() throws {
        var room = RendezvousRoom()
        try register("p", in: &room, at: start)
        #expect(throws: RendezvousError.otherOwner) { try register("p", in: &room, at: later(59_999), owner: "you") }
        #expect(throws: RendezvousError.otherOwner) {
            try room.unregister(peer: PeerID("p"), owner: "you", now: later(59_999))
        }
        #expect(try register("p", in: &room, at: later(60_000), owner: "you").isChange)
    }

    @Test("unregister removes the own record, and an absent one is no error")
    func unregisters() throws {
        var room = RendezvousRoom()
        try register("p", in: &room, at: start)
        #expect(try room.unregister(peer: PeerID("p"), owner: "me", now: start)?.peer.text == "p")
        #expect(try room.unregister(peer: PeerID("p"), owner: "me", now: start) == nil)
        #expect(room.count == 0)
    }

    @Test("expired records are invisible at once, leave with prune, and make room for others")
    func expires() throws {
        var bounds = RendezvousBounds()
        bounds.maxRecordsPerRoom = 2
        var room = RendezvousRoom(bounds: bounds)
        try register("a", in: &room, at: start, ttlMs: 5000)
        try register("b", in: &room, at: start, ttlMs: 9500)
        #expect(throws: RendezvousError.tooManyRecords(retryAfterSeconds: 5)) {
            try register("c", in: &room, at: start)
        }
        #expect(try !register("a", in: &room, at: start, ttlMs: 5000).isChange)
        #expect(room.discover(limit: 9, after: nil, now: later(5000)).entries.map(\.peer.text) == ["b"])
        try register("c", in: &room, at: later(5000))
        #expect(room.count == 2)
        #expect(room.prune(now: later(9500)).map(\.peer.text) == ["b"])
        #expect(room.prune(now: later(9500)).isEmpty)
    }

    @Test("a poll without cookie answers the newest first")
    func discoversNewestFirst() throws {
        var room = RendezvousRoom()
        for number in 0..<5 { try register("p\(number)", in: &room, at: later(Int64(number))) }
        let page = room.discover(limit: 3, after: nil, now: later(10))
        #expect(page.entries.map(\.peer.text) == ["p4", "p3", "p2"] && page.hasMore)
        let rest = room.discover(limit: 3, after: page.position, now: later(10))
        #expect(rest.entries.map(\.peer.text) == ["p1", "p0"] && !rest.hasMore)
        let nothing = room.discover(limit: 3, after: rest.position, now: later(10))
        #expect(room.discover(limit: .min, after: nil, now: later(10)).entries.map(\.peer.text) == ["p4"])
        #expect(nothing.entries.isEmpty && !nothing.hasMore && nothing.position == rest.position)
    }

    @Test("an empty room gives a position from which the first registration is news")
    func startsEmpty() throws {
        var room = RendezvousRoom()
        let page = room.discover(limit: 3, after: nil, now: start)
        #expect(page.position == .start && !page.hasMore)
        try register("p", in: &room, at: start)
        #expect(room.discover(limit: 3, after: page.position, now: start).entries.count == 1)
    }

    @Test("a caller that follows its positions gets every change exactly once, whatever happens between")
    func followsChanges() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var room = RendezvousRoom()
            var now = start
            var position: RendezvousPosition?
            var delivered: [Int64] = []
            for _ in 0..<40 {
                now = Timestamp(milliseconds: now.milliseconds + Int64.random(in: 0...2, using: &random))
                let peer = "p\(Int.random(in: 0..<12, using: &random))"
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<6:
                    try register(peer, in: &room, at: now, metadata: "{\"v\":\(Int.random(in: 0..<3, using: &random))}")
                case 6: _ = try room.unregister(peer: PeerID(peer), owner: "me", now: now)
                default:
                    let limit = Int.random(in: 1...4, using: &random)
                    let page = room.discover(limit: limit, after: position, now: now)
                    #expect(page.entries.count <= limit, "seed \(seed)")
                    delivered += page.entries.map(\.change)
                    position = page.position
                }
            }
            repeat {
                let page = room.discover(limit: 2, after: position, now: now)
                delivered += page.entries.map(\.change)
                position = page.position
                if !page.hasMore { break }
            } while delivered.count < 1000
            let live = Set(room.discover(limit: 1000, after: nil, now: now).entries.map(\.change))
            #expect(Set(delivered).count == delivered.count, "a change came twice, seed \(seed)")
            #expect(live.isSubset(of: delivered), "a live record never came, seed \(seed)")
        }
    }

    @Test(
        "what a peer declares is bounded",
        arguments: [
            (16, 128, nil), (17, 1, "E_INVALID_ADDRESSES"), (8, 256, nil), (9, 256, "E_INVALID_ADDRESSES"),
            (1, 257, "E_INVALID_ADDRESSES"), (1, 0, "E_INVALID_ADDRESSES"), (0, 0, nil),
        ])
    func boundsAddresses(count: Int, bytes: Int, code: String?) {
        let addresses = Array(repeating: String(repeating: "a", count: bytes), count: count)
        #expect(
            failure { () throws(RendezvousError) in try RendezvousBounds().check(addresses: addresses, metadata: "{}") }
                == code)
    }

    @Test(
        "metadata is a small flat JSON object",
        arguments: [
            ("{}", nil), (#"{"a":{"b":{"c":{}}}}"#, nil), (#"{"a":{"b":{"c":{"d":{}}}}}"#, "E_INVALID_METADATA"),
            ("[]", "E_INVALID_METADATA"), ("", "E_INVALID_METADATA"), ("{", "E_INVALID_METADATA"),
            ("{}{}", "E_INVALID_METADATA"),
            ("{\"a\":\"" + String(repeating: "x", count: 2040) + "\"}", nil),
            ("{\"a\":\"" + String(repeating: "x", count: 2041) + "\"}", "E_INVALID_METADATA"),
        ])
    func boundsMetadata(metadata: String, code: String?) {
        #expect(
            failure { () throws(RendezvousError) in try RendezvousBounds().check(addresses: [], metadata: metadata) }
                == code)
    }

    private func failure(_ body: () throws(RendezvousError) -> Void) -> String? {
        do throws(RendezvousError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }
}
