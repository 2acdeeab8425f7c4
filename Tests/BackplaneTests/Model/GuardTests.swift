import Testing

@testable import Backplane

/// Each guard is there for a reason: without it, and with all others, the same search finds a violation.
@Suite("Each guard is needed")
struct GuardTests {
    struct Case: CustomStringConvertible, Sendable {
        var `guard`: Guards
        var search: Search
        var description: String { search.name }

        init(_ guarded: Guards, _ search: Search) {
            self.guard = guarded
            self.search = search
        }
    }

    static let lonely: [Int?] = [0, nil]
    static let three: [Int?] = [0, 1, 2]

    static let cases = [
        Case(
            .compareAndDelete,
            Search(
                name: "compareAndDelete", seats: lonely, budget: Budget(joins: 2, leaves: 1), extent: .states(3_000))),
        Case(
            .connectionOrder,
            Search(
                name: "connectionOrder", seats: lonely, budget: Budget(joins: 2, leaves: 1), resumes: true,
                extent: .states(4_000))),
        Case(
            .durableSweep,
            Search(name: "durableSweep", seats: lonely, budget: Budget(kills: 1, unlinks: 1), extent: .states(2_000))),
        Case(
            .leaseFence,
            Search(name: "leaseFence", seats: lonely, budget: Budget(joins: 1, kills: 1), extent: .states(4_000))),
        Case(
            .renewOnly,
            Search(name: "renewOnly", seats: lonely, budget: Budget(kills: 1, unlinks: 1), extent: .states(3_000))),
        Case(
            .announceCompares,
            Search(
                name: "announceCompares", seats: lonely, budget: Budget(joins: 1, failovers: 1), resumes: true,
                extent: .states(6_000))),
        Case(
            .announceDeletes,
            Search(name: "announceDeletes", budget: Budget(leaves: 1, failovers: 1), extent: .states(3_000))),
        Case(
            .amnesty,
            Search(name: "amnesty", nodes: 3, seats: three, budget: .everything, extent: .walks(200))),
        Case(
            .amnestyAtRegistration,
            Search(name: "amnestyAtRegistration", nodes: 3, seats: three, budget: .everything, extent: .walks(400))),
        Case(
            .versionOrder,
            Search(name: "versionOrder", budget: Budget(leaves: 1, failovers: 1), extent: .states(3_000))),
        Case(
            .eventsAwaitSnapshot,
            Search(
                name: "eventsAwaitSnapshot", nodes: 3, seats: three, budget: Budget(joins: 5, leaves: 3),
                extent: .walks(600))),
        Case(
            .viewPerConnection,
            Search(name: "viewPerConnection", budget: Budget(leaves: 1, failovers: 1), extent: .states(3_000))),
        Case(
            .repliesPerConnection,
            Search(
                name: "repliesPerConnection", nodes: 3, seats: three, budget: .everything, lateReplies: true,
                extent: .walks(400))),
        Case(
            .lateSuccess,
            Search(name: "lateSuccess", seats: lonely, budget: Budget(joins: 2, leaves: 1), extent: .states(2_000))),
        Case(
            .replacedLeaves,
            Search(
                name: "replacedLeaves", seats: [nil, 1], budget: Budget(joins: 2, leaves: 1), extent: .states(25_000))),
        Case(
            .settleTime,
            Search(name: "settleTime", budget: Budget(flushes: 1), extent: .states(3_000))),
        Case(
            .yieldInOrder,
            Search(name: "yieldInOrder", budget: .everything, extent: .walks(300))),
        Case(
            .announceAwaitsJoins,
            Search(
                name: "announceAwaitsJoins", budget: Budget(joins: 6, leaves: 3, unlinks: 1), extent: .walks(800))),
        Case(
            .indexPerConnection,
            Search(name: "indexPerConnection", nodes: 3, seats: three, budget: .everything, extent: .walks(500))),
        Case(
            .ownJoinCounts,
            Search(name: "ownJoinCounts", budget: Budget(joins: 1, kills: 1), extent: .states(2_000))),
        Case(
            .recallDeparted,
            Search(
                name: "recallDeparted", seats: lonely, budget: Budget(leaves: 1, failovers: 1), extent: .states(2_000))),
        Case(
            .storedBeforeAck,
            Search(
                name: "storedBeforeAck", budget: Budget(joins: 1, sends: 1, losses: 1), letters: true,
                looksFor: "is lost", extent: .states(20_000))),
        Case(
            .undeliverTells,
            Search(name: "undeliverTells", budget: Budget(leaves: 1, sends: 1), letters: true, extent: .states(20_000))),
        Case(
            .heldCopies,
            Search(
                name: "heldCopies, flush", budget: Budget(unlinks: 1, flushes: 1, sends: 1), letters: true,
                looksFor: "is lost", extent: .walks(400))),
        Case(
            .heldCopies,
            Search(
                name: "heldCopies, failover", budget: Budget(failovers: 1, sends: 1), letters: true,
                looksFor: "is lost",
                extent: .states(20_000))),
        Case(
            .setDedupe,
            Search(
                name: "setDedupe", budget: Budget(joins: 1, sends: 2, losses: 1), letters: true,
                extent: .walks(100))),
        Case(
            .submitBefore,
            Search(
                name: "submitBefore", seats: [0, 0], budget: Budget(joins: 1, sends: 2, losses: 1), letters: true,
                extent: .walks(400))),
    ]

    @Test("a search fails without the guard and not with it", arguments: cases)
    func isNeeded(_ each: Case) {
        let without = each.search.run(without: each.guard)
        print("guard: \(each): \(without)")
        #expect(without.counterexample != nil, "nothing happens without \(each): \(without)")
        let with = each.search.run()
        #expect(with.counterexample == nil, "\(each): \(with)")
    }

    @Test("no guard is left out")
    func areComplete() {
        let covered = Self.cases.reduce(into: Guards()) { $0.formUnion($1.guard) }
        #expect(covered.rawValue == (1 << 26) - 1)
    }
}
