import FailoverHistory
import Testing

/// Two or three clients, one harm, written by hand: what each rule says in its simplest form.
@Suite("Small cases")
struct SmallCaseTests {
    static let alice = Client(1)
    static let bob = Client(2)
    static let carol = Client(3)

    /// Alice and Carol on node1, Bob on node2; node2 is harmed at 10 s and the round is settled at 40 s.
    static func history(step: Step = .kill, _ fault: Fault = .kill, healedAt: Int64 = 10_000) -> History {
        var history = History(seed: 1, machine: "by hand", startedAt: "2026-01-01T00:00:00Z")
        join(&history, alice, "node1", at: 100, members: [])
        join(&history, carol, "node1", at: 200, members: [alice])
        join(&history, bob, "node2", at: 300, members: [alice, carol])
        add(&history, 210, .sawJoin(client: alice, peer: carol))
        for client in [alice, carol] { add(&history, 310, .sawJoin(client: client, peer: bob)) }
        add(&history, 10_000, .fault(step: step, round: 1, fault, nodes: ["node2"]))
        add(&history, healedAt, .healed(step: step, round: 1))
        add(&history, 40_000, .settled(step: step, round: 1))
        add(&history, 50_000, .nodeUp(node: "node1"))
        return history
    }

    static func join(
        _ history: inout History, _ client: Client, _ node: String, at: Int64, members: [Client],
        connection: Int = 1, resumed: Bool = false
    ) {
        add(&history, at - 5, .hello(client: client, connection: connection, resumes: connection > 1))
        add(
            &history, at,
            .joined(client: client, connection: connection, room: 0, node: node, resumed: resumed, members: members))
    }

    /// - Parameter at: milliseconds.
    static func add(_ history: inout History, _ at: Int64, _ kind: Event.Kind) { history.append(kind, at: at * 1000) }

    static func result(_ history: History) throws -> StepResult {
        try #require(Checker.verdict(of: history).faults.first)
    }

    /// Bob loses his socket with node2 and is welcomed at `at`; the others see him leave at 14.9 s.
    static func bobComesBack(at: Int64, resumed: Bool) -> History {
        var history = history()
        add(&history, 10_001, .socketLost(client: bob, connection: 1, code: 1006))
        for client in [alice, carol] {
            add(&history, 14_900, .sawLeave(client: client, peer: bob, reason: .nodeLost))
            add(&history, max(at, 14_900) + 2, .sawJoin(client: client, peer: bob))
        }
        join(&history, bob, "node1", at: at, members: [alice, carol], connection: 2, resumed: resumed)
        return history
    }

    @Test("who says hello after the sweep has left, and its mates are right to see it")
    func lateReturn() throws {
        let result = try Self.result(Self.bobComesBack(at: 16_000, resumed: false))
        #expect(result.falseLeaves == 0)
        #expect(result.brokenResumes == 0)
        #expect(result.newSessions == 1)
        #expect(result.detectMs?.n == 2)
        #expect(result.detectMs?.max == 4900)
    }

    @Test("who was welcomed after the loss is no survivor, and its news is no detection")
    func newcomer() throws {
        var history = Self.bobComesBack(at: 16_000, resumed: false)
        let dave = Client(4)
        Self.join(&history, dave, "node1", at: 12_000, members: [Self.alice, Self.bob, Self.carol])
        for client in [Self.alice, Self.carol] { Self.add(&history, 12_001, .sawJoin(client: client, peer: dave)) }
        Self.add(&history, 14_901, .sawLeave(client: dave, peer: Self.bob, reason: .nodeLost))
        Self.add(&history, 16_002, .sawJoin(client: dave, peer: Self.bob))
        let result = try Self.result(history)
        #expect(result.detectMs?.n == 2)
        #expect(result.falseLeaves == 0)
    }

    @Test("a signal that was given up may arrive behind a later one, any other may not", arguments: [true, false])
    func order(isGivenUp: Bool) throws {
        var history = Self.history()
        for id in [1, 2] { Self.add(&history, 5_000 + Int64(id), .sent(client: Self.alice, id: id, to: Self.carol)) }
        let outcome = isGivenUp ? Outcome.nack(code: "timeout") : .stored
        Self.add(&history, 5_500, .outcome(client: Self.alice, id: 1, to: Self.carol, outcome))
        for id in [2, 1] {
            Self.add(
                &history, 6_000 - Int64(id), .arrived(client: Self.carol, from: Self.alice, id: id, isRepeat: false))
        }
        #expect(try Self.result(history).outOfOrder == (isGivenUp ? 0 : 1))
    }

    @Test("who closes its own socket to come back later is not measured as lost")
    func ownMove() throws {
        func resumes(after code: Int) throws -> Int? {
            var history = Self.history()
            Self.add(&history, 11_000, .socketLost(client: Self.alice, connection: 1, code: code))
            Self.join(
                &history, Self.alice, "node1", at: 12_000, members: [Self.bob, Self.carol], connection: 2, resumed: true
            )
            return try Self.result(history).resumeMs?.n
        }
        #expect(try resumes(after: 1006) == 1)
        #expect(try resumes(after: 1001) == nil)
    }

    @Test("who was away by its own will while harm was done is measured from its first dial afterwards")
    func ownAbsence() throws {
        var history = Self.history(step: .redisFlush, .redisFlush)
        Self.add(&history, 9_000, .socketLost(client: Self.alice, connection: 1, code: 1001))
        Self.add(&history, 11_900, .resumeBegan(client: Self.alice))
        Self.join(
            &history, Self.alice, "node1", at: 12_000, members: [Self.bob, Self.carol], connection: 2, resumed: true)
        #expect(try Self.result(history).resumeMs?.max == 100)
    }

    @Test(
        "a refusal is the answer to one try: before another one the signal may have been stored, or have arrived",
        arguments: [true, false], [true, false])
    func secondTry(hasMoved: Bool, wasStored: Bool) throws {
        var history = Self.history()
        Self.add(&history, 11_000, .sent(client: Self.alice, id: 1, to: Self.carol))
        if wasStored {
            Self.add(&history, 11_001, .outcome(client: Self.alice, id: 1, to: Self.carol, .stored))
        } else {
            Self.add(&history, 11_001, .arrived(client: Self.carol, from: Self.alice, id: 1, isRepeat: false))
        }
        if hasMoved {
            Self.add(&history, 11_002, .socketLost(client: Self.alice, connection: 1, code: 1006))
            Self.join(
                &history, Self.alice, "node3", at: 11_500, members: [Self.bob, Self.carol], connection: 2, resumed: true
            )
        }
        Self.add(&history, 12_000, .outcome(client: Self.alice, id: 1, to: Self.carol, .nack(code: "not_found")))
        #expect(try Self.result(history).contradictions == (hasMoved ? 0 : 1))
    }

    @Test("a leave of one whose hello came before the sweep is false, whatever the welcome says")
    func falseLeave() throws {
        #expect(try Self.result(Self.bobComesBack(at: 13_000, resumed: true)).falseLeaves == 2)
        let refused = try Self.result(Self.bobComesBack(at: 13_000, resumed: false))
        #expect(refused.falseLeaves == 2)
        #expect(refused.brokenResumes == 1)
    }

    @Test("a paused node's members may leave in the eyes of others, once, and not in those of its own clients")
    func isolation() throws {
        var history = Self.history(step: .longPause, .pause, healedAt: 22_000)
        let dave = Client(4)
        Self.join(&history, dave, "node2", at: 400, members: [Self.alice, Self.bob, Self.carol])
        for client in [Self.alice, Self.bob, Self.carol] {
            Self.add(&history, 410, .sawJoin(client: client, peer: dave))
        }
        for client in [Self.alice, Self.carol] {
            for peer in [Self.bob, dave] {
                Self.add(&history, 15_200, .sawLeave(client: client, peer: peer, reason: .nodeLost))
                Self.add(&history, 22_400, .sawJoin(client: client, peer: peer))
            }
        }
        let honest = try Self.result(history)
        #expect(honest.falseLeaves == 0)
        #expect(honest.doubleLeaves == 0)
        #expect(honest.missing == 0)
        #expect(honest.maxDivergenceMs == 400)

        var again = history
        Self.add(&again, 22_500, .sawLeave(client: Self.alice, peer: dave, reason: .nodeLost))
        Self.add(&again, 22_600, .sawJoin(client: Self.alice, peer: dave))
        #expect(try Self.result(again).falseLeaves == 1)

        Self.add(&history, 15_300, .sawLeave(client: Self.bob, peer: dave, reason: .nodeLost))
        Self.add(&history, 22_500, .sawJoin(client: Self.bob, peer: dave))
        #expect(try Self.result(history).falseLeaves == 1)
    }

    @Test("the lease of a node that was cut off before it died runs from the cut", arguments: [true, false])
    func cutBeforeDeath(isCut: Bool) throws {
        var history = Self.history(step: .lateCommands)
        if isCut {
            Self.add(&history, 9_200, .fault(step: .lateCommands, round: 1, .partitionDrop, nodes: ["node2"]))
        }
        Self.add(&history, 10_001, .socketLost(client: Self.bob, connection: 1, code: 1006))
        Self.add(&history, 10_002, .gaveUp(client: Self.bob, why: "the plan", planned: true))
        for client in [Self.alice, Self.carol] {
            Self.add(&history, 13_500, .sawLeave(client: client, peer: Self.bob, reason: .nodeLost))
        }
        #expect(try Self.result(history).falseLeaves == (isCut ? 0 : 2))
    }

    @Test("a pause shorter than the lease excuses nothing")
    func shortPause() throws {
        var history = Self.history(step: .shortPause, .pause, healedAt: 13_000)
        Self.add(&history, 12_900, .sawLeave(client: Self.alice, peer: Self.bob, reason: .nodeLost))
        Self.add(&history, 13_100, .sawJoin(client: Self.alice, peer: Self.bob))
        let result = try Self.result(history)
        #expect(result.falseLeaves == 1)
        #expect(result.visibleLeaves == 1)
    }

    @Test("what was stored counts as lost only if nobody was told and the sender is there to be told")
    func fates() throws {
        func result(_ outcomes: [(Int64, Outcome)], _ more: (inout History) -> Void = { _ in }) throws -> StepResult {
            var history = Self.history()
            Self.add(&history, 12_000, .sent(client: Self.alice, id: 1, to: Self.carol))
            for (at, outcome) in outcomes {
                Self.add(&history, at, .outcome(client: Self.alice, id: 1, to: Self.carol, outcome))
            }
            more(&history)
            return try Self.result(history)
        }
        let lost = try result([(12_001, .stored)])
        #expect((lost.acked, lost.ackedLost, lost.senderGone) == (1, 1, 0))
        let told = try result([(12_001, .stored), (14_000, .undeliverable(reason: "left"))])
        #expect((told.acked, told.ackedLost, told.undeliverable) == (1, 0, 1))
        let gone = try result([(12_001, .stored)]) { Self.add(&$0, 13_000, .leftOnPurpose(client: Self.alice)) }
        #expect((gone.acked, gone.ackedLost, gone.senderGone) == (1, 0, 1))
        let fresh = try result([(46_000, .stored)])
        #expect((fresh.acked, fresh.ackedLost, fresh.undecided) == (1, 0, 1))
        let refused = try result([(12_001, .nack(code: "full"))])
        #expect((refused.acked, refused.ackedLost, refused.nacked, refused.unanswered) == (0, 0, 1, 0))
        let surfaced = try result([(12_001, .stored)]) {
            Self.add(&$0, 15_000, .arrived(client: Self.carol, from: Self.alice, id: 1, isRepeat: false))
        }
        #expect((surfaced.acked, surfaced.ackedLost) == (1, 0))
    }

    @Test("the death of the sender's node with a loss of Redis' data explains a lost signal, either alone does not")
    func explainedLoss() throws {
        func result(redisLoses: Bool, nodeDies: Bool) throws -> StepResult {
            var history = Self.history(step: .killAndFailover, nodeDies ? .kill : .edgeReload)
            Self.add(&history, 9_000, .sent(client: Self.bob, id: 1, to: Self.alice))
            Self.add(&history, 9_001, .outcome(client: Self.bob, id: 1, to: Self.alice, .stored))
            if redisLoses {
                Self.add(&history, 10_100, .fault(step: .killAndFailover, round: 1, .redisFailover, nodes: []))
            }
            if nodeDies {
                Self.add(&history, 10_001, .socketLost(client: Self.bob, connection: 1, code: 1006))
                Self.join(
                    &history, Self.bob, "node1", at: 13_000, members: [Self.alice, Self.carol], connection: 2,
                    resumed: true)
            }
            return try Self.result(history)
        }
        let both = try result(redisLoses: true, nodeDies: true)
        #expect((both.ackedLost, both.ackedLostExplained) == (1, 1))
        #expect(both.goals.first { $0.what == "acked and lost, unexplained" }?.passes == true)
        for (redis, node) in [(true, false), (false, true)] {
            let alone = try result(redisLoses: redis, nodeDies: node)
            #expect((alone.ackedLost, alone.ackedLostExplained) == (1, 0))
            #expect(alone.goals.first { $0.what == "acked and lost, unexplained" }?.passes == false)
        }
    }

    @Test("the share of signals that cross nodes is told before and after the harm")
    func crossNodeShare() throws {
        var history = Self.history(step: .edgeReload, .edgeReload)
        Self.add(&history, 5000, .sent(client: Self.alice, id: 1, to: Self.carol))
        Self.add(&history, 5001, .sent(client: Self.alice, id: 2, to: Self.bob))
        Self.add(&history, 12_000, .sent(client: Self.alice, id: 3, to: Self.bob))
        let result = try Self.result(history)
        #expect(result.crossNodeBefore == 0.5)
        #expect(result.crossNodeAfter == 1)
    }

    @Test("two sockets of one session at a time are measured")
    func overlap() throws {
        var history = Self.history(step: .longPause, .pause)
        Self.join(&history, Self.bob, "node1", at: 12_000, members: [], connection: 2, resumed: true)
        Self.add(&history, 15_000, .socketLost(client: Self.bob, connection: 1, code: 4409))
        let result = try Self.result(history)
        #expect(result.maxOverlapMs == 3000)
        #expect(result.goals.first { $0.what == "two sockets of one session" }?.passes == false)
    }

    @Test("the order of recording does not matter, only the clock")
    func shuffled() throws {
        let history = Simulation.history(seed: 5, steps: [.kill])
        var other = history
        var random = SeededRandom(9)
        // Ties keep their order, so they may not be mixed.
        let groups = Dictionary(grouping: history.events, by: \.at)
        other.events = groups.keys.shuffled(using: &random).flatMap { groups[$0] ?? [] }
        #expect(try Checker.verdict(of: other).json() == Checker.verdict(of: history).json())
    }
}
