import Testing

/// With all guards on, no schedule within these bounds loses a signal whose sender was told `stored` or `received`,
/// surfaces one twice or out of order, shows a client a leave that was none, or keeps a letter for ever.
@Suite("Letters arrive or are reported within the model's bounds")
struct LetterTests {
    static let searches = [
        Search(name: "two signals", budget: Budget(sends: 2), letters: true, extent: .all(200_000)),
        Search(
            name: "a signal, a loss, a dial", budget: Budget(joins: 1, sends: 1, losses: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "two signals, a loss", budget: Budget(sends: 2, losses: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "a signal, a leave", budget: Budget(leaves: 1, sends: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "a signal, a kill", budget: Budget(kills: 1, sends: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "a signal, a cut", budget: Budget(unlinks: 1, sends: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "a signal, a failover", budget: Budget(failovers: 1, sends: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "a signal, a flush", budget: Budget(flushes: 1, sends: 1), letters: true,
            extent: .all(200_000)),
        Search(
            name: "local: two signals, a loss, a dial", seats: [0, 0], budget: Budget(joins: 1, sends: 2, losses: 1),
            letters: true,
            extent: .states(200_000)),
        Search(name: "letters, everything, 2 nodes", budget: .letters, letters: true, extent: .walks(400)),
        Search(
            name: "letters, everything, 3 nodes", nodes: 3, seats: [0, 1, 2], budget: .letters, letters: true,
            extent: .walks(400)),
    ]

    @Test("no schedule loses, repeats or reorders a letter", arguments: searches)
    func holds(_ search: Search) {
        var finding = search.run()
        finding.counterexample = finding.counterexample.map { Explorer.shorten($0, from: search.start()) }
        print("letters: \(search): \(finding)")
        #expect(finding.counterexample == nil, "\(finding)")
        #expect(finding.judged > 0)
        #expect(finding.isExhaustive || !search.isExhaustive, "\(finding)")
    }
}
