import Testing

@testable import FailoverHistory

@Suite("Figures and spans")
struct ShapeTests {
    @Test("spans merge, and what is cut out of them is gone")
    func intervals() {
        let spans = Intervals([5..<8, 1..<3, 2..<4, 9..<9])
        #expect(spans.spans == [1..<4, 5..<8])
        #expect(spans.subtracting(Intervals([2..<6])).spans == [1..<2, 6..<8])
        #expect(spans.symmetricDifference(Intervals([3..<6])).spans == [1..<3, 4..<5, 6..<8])
        #expect(spans.intersection(3..<6).spans == [3..<4, 5..<6])
    }

    @Test("symmetric differences agree with a count moment by moment")
    func differences() {
        var random = SeededRandom(4)
        for round in 0..<300 {
            func spans() -> Intervals {
                Intervals(
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in
                        let from = Int64.random(in: 0...20, using: &random)
                        return from..<(from + Int64.random(in: 0...6, using: &random))
                    })
            }
            let (a, b) = (spans(), spans())
            let difference = a.symmetricDifference(b)
            for moment in Int64(0)..<30 {
                #expect(difference.contains(moment) == (a.contains(moment) != b.contains(moment)), "round \(round)")
            }
        }
    }

    @Test("quantiles are nearest ranks")
    func quantiles() throws {
        let durations = try #require(Quantiles(micros: (1...200).map { $0 * 1000 }.reversed()))
        #expect((durations.p50, durations.p99, durations.max, durations.n) == (100, 198, 200, 200))
        #expect(Quantiles(micros: []) == nil)
    }

    @Test(
        "figures read as people write them",
        arguments: [
            (Figure.grouped(1_234_567), "1,234,567"), (Figure.grouped(-1000), "-1,000"), (Figure.grouped(999), "999"),
            (Figure.decimal(1.05, digits: 1), "1.1"), (Figure.decimal(-0.25, digits: 2), "-0.25"),
            (Figure.share(0.0003), "0.030 %"), (Figure.share(0.5), "50 %"), (Figure.clock(65_000_000), "1:05"),
            (Figure.seconds(1950), "1.95 s"),
        ])
    func figures(written: String, expected: String) {
        #expect(written == expected)
    }

    @Test("text on the drawing is escaped, and control characters are replaced")
    func escaping() {
        #expect(Canvas.escaped("a<b>&\"\u{7}") == "a&lt;b&gt;&amp;&quot;\u{FFFD}")
    }

    @Test("a lane ends with the part that its node plays, dead or alive by then")
    func lanes() throws {
        var history = History(seed: 1, machine: "m", startedAt: "now")
        for node in ["n1", "n2", "n3"] { history.append(.nodeUp(node: node), at: 10) }
        history.append(.fault(step: .kill, round: 1, .kill, nodes: ["n2"]), at: 20)
        history.append(.nodeDown(node: "n2"), at: 21)
        for node in ["n1", "n2"] { history.append(.nodeRetired(node: node), at: 50) }
        history.append(.healed(step: .kill, round: 1), at: 100)
        let lives = NodeLife.all(in: history.events, world: World(history.events))
        #expect(lives.map(\.name) == ["n1", "n2", "n3"])
        #expect(lives.map { $0.spans.map(\.span) } == [[10..<50], [10..<20], [10..<100]])
        #expect(lives.map(\.dead) == [[], [20..<50], []])
    }
}
