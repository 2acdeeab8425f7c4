import SignalDomain
import Testing

@Suite("Politeness")
struct PolitenessTests {
    @Test("of two peers of dialect 2 exactly one is polite, and it is the bytewise smaller one")
    func hasOneImpoliteSide() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ABYZabyz019._:~-")
        for _ in 0..<5_000 {
            let names = (0..<2).map { _ in
                String((0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(alphabet) })
            }
            let (one, other) = (try PeerID(names[0]), try PeerID(names[1]))
            guard one != other else { continue }
            let sides = [one.isPolite(toward: other, speaking: .two), other.isPolite(toward: one, speaking: .two)]
            try #require(sides.filter { $0 }.count == 1, "seed \(seed): \(names)")
            let smaller = Array(names[0].utf8).lexicographicallyPrecedes(Array(names[1].utf8))
            try #require(sides[0] == smaller, "seed \(seed): \(names)")
        }
    }

    @Test("toward a peer of dialect 1, which never yields, everybody is polite")
    func yieldsToDialectOne() throws {
        for (own, other) in [("a", "b"), ("b", "a"), ("Z", "a")] {
            #expect(try PeerID(own).isPolite(toward: PeerID(other), speaking: .one))
        }
    }
}
