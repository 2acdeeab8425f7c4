import SignalDomain
import Testing

@testable import SignalNode

@Suite("A page of rooms")
struct RoomListPageTests {
    private func rooms(_ numbers: some Sequence<Int>) throws -> [RoomKey] {
        try numbers.map { try RoomKey(namespace: "team", room: "r\(1_000 + $0)") }
    }

    @Test("holds the first rooms in the order of their keys, whatever order and how often they come in")
    func first() throws {
        var page = RoomListPage(prefix: "", after: nil, limit: 3)
        for chunk in [try rooms((50..<100).reversed()), try rooms(0..<50), try rooms(0..<100)] { page.add(chunk) }
        #expect(page.rooms == (try rooms(0..<3)))
        #expect(page.continuation == (try rooms([2]).first?.text))
    }

    @Test("pages follow each other without a gap or a repetition, and the last one says so")
    func pages() throws {
        let all = try rooms((0..<10).shuffled())
        var found: [RoomKey] = []
        var after: String?
        repeat {
            var page = RoomListPage(prefix: "", after: after, limit: 3)
            page.add(all)
            found += page.rooms
            after = page.continuation
        } while after != nil
        #expect(found == (try rooms(0..<10)))
    }

    @Test("a prefix is one of namespace::room as people write it")
    func prefix() throws {
        let odd = try RoomKey(namespace: "team a", room: "b/c")
        var page = RoomListPage(prefix: "team a::b/", after: nil, limit: 3)
        page.add(try rooms(0..<5) + [odd])
        #expect(page.rooms == [odd])
        #expect(page.continuation == nil)
    }
}
