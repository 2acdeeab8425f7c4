import Testing

@testable import SignalDomain

@Suite("Shards")
struct ShardMapTests {
    private func keys(_ count: Int) -> [String] {
        (0..<count).map { "global::room-\($0)" }
    }

    @Test("weights are those that the specification gives another program")
    func weights() {
        #expect(ShardMap.weight(of: "main", for: "global::public") == 0x2AD6_6BC4_9D80_B6ED)
        #expect(ShardMap.weight(of: "a", for: "global::public") == 0x5DBA_CDFB_CD9C_C7C5)
        #expect(ShardMap.weight(of: "b", for: "x::y") == 0x3925_4171_A5BD_AF68)
    }

    @Test(
        "the shard of a room is fixed for ever",
        arguments: [
            ("global::public", "c"), ("ns::r%20s", "c"), ("t::1", "b"), ("t::2", "a"), ("t::3", "c"), ("t::4", "a"),
        ])
    func examples(key: String, name: String) throws {
        let map = try #require(ShardMap(names: ["a", "b", "c"]))
        let room = try #require(RoomKey(text: key))
        #expect(map.names[map.shard(of: room)] == name)
    }

    @Test("the digest tells other names from the same ones in another order")
    func digests() {
        #expect(ShardMap(names: ["main"])?.digest == "e17a5019a4e38bfe")
        #expect(ShardMap(names: ["c", "a", "b"])?.digest == "6dbbb2667d84fe52")
        #expect(ShardMap(names: ["ab", "c"])?.digest != ShardMap(names: ["a", "bc"])?.digest)
        #expect(ShardMap(names: ["a", "b"])?.digest != ShardMap(names: ["a", "b", "c"])?.digest)
    }

    @Test("the order of the listing decides nothing")
    func order() throws {
        let one = try #require(ShardMap(names: ["s1", "s2", "s3", "s4"]))
        let other = try #require(ShardMap(names: ["s3", "s1", "s4", "s2"]))
        #expect(one == other)
        for key in keys(500) { #expect(one.shard(ofKey: key) == other.shard(ofKey: key)) }
    }

    @Test("rooms are spread evenly", arguments: [2, 3, 5, 16])
    func spread(count: Int) throws {
        let map = try #require(ShardMap(names: (1...count).map { "shard-\($0)" }))
        var rooms = Array(repeating: 0, count: count)
        for key in keys(20_000) { rooms[map.shard(ofKey: key)] += 1 }
        let fair = 20_000 / count
        // Five standard deviations of a fair draw: the keys are fixed, so this never fails by chance.
        let tolerance = Int(5 * Double(fair).squareRoot())
        for number in rooms { #expect(abs(number - fair) <= tolerance, "\(rooms)") }
    }

    @Test("a new name takes its share, and moves no room between the others")
    func movement() throws {
        let before = try #require(ShardMap(names: ["s1", "s2", "s3", "s5"]))
        let after = try #require(ShardMap(names: ["s1", "s2", "s3", "s4", "s5"]))
        var moved = 0
        for key in keys(20_000) {
            let (old, new) = (before.names[before.shard(ofKey: key)], after.names[after.shard(ofKey: key)])
            guard old != new else { continue }
            #expect(new == "s4")
            moved += 1
        }
        #expect((3_700...4_300).contains(moved), "\(moved)")
    }

    @Test("no name and a repeated name make no map")
    func refusals() {
        #expect(ShardMap(names: [String]()) == nil)
        #expect(ShardMap(names: ["a", "b", "a"]) == nil)
    }
}
