import SignalDomain
import Testing

/// Pages of a discovery that are shortened, because the answer would be too large.
@Suite("Shortened rendezvous pages")
struct RendezvousPageTests {
    private func entry(_ name: Int, change: Int64) throws -> RendezvousEntry {
        RendezvousEntry(
            peer: try PeerID("p\(name)"), addresses: [], metadata: "{}",
            // Not in the order of the changes.
            seenAt: Timestamp(milliseconds: change * 7_919 % 1_000), expiresAt: Timestamp(milliseconds: .max), ttlMs: 1,
            owner: "o", change: change)
    }

    @Test("whoever follows shortened pages gets every change once, later ones too", arguments: 0..<300)
    func complete(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var entries = try (1...Int.random(in: 1...30, using: &random)).map { try entry($0, change: Int64($0)) }
        var clock = Int64(entries.count)
        var position: RendezvousPosition?
        var delivered: [Int64] = []
        for step in 0..<2_000 {
            // Changes come to an end, so that the pages can.
            if step < 20, Bool.random(using: &random) {
                clock += 1
                let name = Int.random(in: 1...40, using: &random)
                let changed = try entry(name, change: clock)
                entries.removeAll { $0.peer == changed.peer }
                entries.append(changed)
            }
            let limit = Int.random(in: 1...12, using: &random)
            let whole = RendezvousPage(of: entries, limit: limit, after: position)
            let page = whole.first(Int.random(in: 1...limit, using: &random), after: position)
            #expect(page.entries.count >= min(1, whole.entries.count))
            delivered += page.entries.map(\.change)
            position = page.position
            if step >= 20, !page.hasMore { break }
        }
        #expect(Set(delivered).count == delivered.count, "seed \(seed): \(delivered)")
        #expect(Set(delivered).isSuperset(of: entries.map(\.change)), "seed \(seed)")
    }

    @Test("a page that is short enough stays as it is")
    func short() throws {
        let page = RendezvousPage(of: [try entry(1, change: 1), try entry(2, change: 2)], limit: 5, after: nil)
        #expect(page.first(2, after: nil) == page && page.first(9, after: nil) == page)
        #expect(page.first(1, after: nil).entries.map(\.change) == [2])
    }
}
