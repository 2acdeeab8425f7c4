import Foundation
import Testing

/// With all guards on, no schedule within these bounds ends with a ghost, a missing member, two sessions of a peer, a
/// view that is not the truth, a join without an answer, or a member seen leaving that never left.
@Suite("The model holds within its bounds")
struct ModelTests {
    /// `MODEL_STATES=1000000` searches the large worlds up to so many states; without it they are cut early.
    private static let large = Search.Extent.states(
        ProcessInfo.processInfo.environment["MODEL_STATES"].flatMap { Int($0) } ?? 12_000)

    static let searches = [
        Search(name: "joins and a leave", budget: Budget(joins: 1, leaves: 1), extent: .all(20_000)),
        Search(name: "a cut and a leave", budget: Budget(leaves: 1, unlinks: 1), extent: .all(20_000)),
        Search(name: "a cut, a join", budget: Budget(joins: 1, unlinks: 1), extent: .all(20_000)),
        Search(name: "a failover, a leave", budget: Budget(leaves: 1, failovers: 1), extent: .all(20_000)),
        Search(name: "a failover, a join", budget: Budget(joins: 1, failovers: 1), extent: .all(20_000)),
        Search(name: "a kill, a join", budget: Budget(joins: 1, kills: 1), extent: .all(20_000)),
        Search(name: "a flush, a join", budget: Budget(joins: 1, flushes: 1), extent: .all(20_000)),
        Search(name: "a stop beyond the lease", budget: Budget(pauses: 1, lapses: 1), extent: .all(20_000)),
        Search(
            name: "a kill, a leave", budget: Budget(leaves: 1, kills: 1), extent: .all(20_000)),
        Search(
            name: "a flush, a leave", budget: Budget(leaves: 1, flushes: 1), extent: .all(20_000)),
        // What these have is too much for every run of the tests.
        Search(
            name: "a stop beyond the lease, a leave", budget: Budget(leaves: 1, pauses: 1, lapses: 1), extent: large),
        Search(
            name: "a stop beyond the lease, a join", budget: Budget(joins: 1, pauses: 1, lapses: 1), extent: large),
        Search(
            name: "a cut beyond the lease, a leave", budget: Budget(leaves: 1, lapses: 1, unlinks: 1), extent: large),
        Search(
            name: "a cut beyond the lease, a join", budget: Budget(joins: 1, lapses: 1, unlinks: 1), extent: large),
        Search(
            name: "a failover, a join, a leave", budget: Budget(joins: 1, leaves: 1, failovers: 1), extent: large),
        Search(
            name: "everything, 2 nodes", budget: .everything, resumes: true, lateReplies: true, extent: .walks(400)),
        Search(
            name: "everything, 3 nodes", nodes: 3, seats: [0, 1, 2], budget: .everything, lateReplies: true,
            extent: .walks(400)),
        Search(
            name: "a flush, joins, a leave, 3 nodes", nodes: 3, seats: [0, 1, 2],
            budget: Budget(joins: 2, leaves: 1, unlinks: 1, flushes: 1), extent: .walks(400)),
        Search(
            name: "a flush and a failover, joins, 3 nodes", nodes: 3, seats: [0, 1, 2],
            budget: Budget(joins: 2, flushes: 1, failovers: 1), extent: .walks(400)),
        Search(
            name: "a flush and a stop, 3 nodes", nodes: 3, seats: [0, 1, 2],
            budget: Budget(joins: 1, pauses: 1, unlinks: 2, flushes: 1), extent: .walks(400)),
    ]

    @Test("no schedule ends in a violation", arguments: searches)
    func holds(_ search: Search) {
        let finding = search.run()
        print("model: \(search): \(finding)")
        #expect(finding.counterexample == nil, "\(finding)")
        #expect(finding.judged > 0)
        #expect(finding.isExhaustive || !search.isExhaustive, "\(finding)")
    }
}
