/// The judge: holds what clients were told against what happened. Pure, offline, the same word for the same history.
public enum Checker {
    /// The verdict on a history.
    ///
    /// - Parameters:
    ///   - history: events in any order.
    ///   - allowance: what the harness cannot see exactly.
    public static func verdict(of history: History, allowance: Allowance = Allowance()) -> Report {
        Judgement(of: history, allowance: allowance).report
    }

    /// Ties keep the order in which they were recorded.
    static func inOrder(_ events: [Event]) -> [Event] {
        events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

/// A verdict with what it rests on, from which its timeline is drawn.
public struct Judgement: Sendable {
    public let report: Report
    let events: [Event]
    let truth: Truth
    let rounds: [RoundTally]

    public init(of history: History, allowance: Allowance = Allowance()) {
        let events = Checker.inOrder(history.events)
        let truth = Truth(events, timing: history.timing, allowance: allowance)
        var signals = SignalJudge(truth: truth)
        signals.judge(events)
        var presence = PresenceJudge(truth: truth)
        presence.judge(events)
        var sessions = SessionJudge(truth: truth)
        sessions.judge()
        var costs = CostJudge(world: truth.world)
        costs.judge(events)

        let rounds = truth.world.rounds.indices.map {
            RoundTally(
                round: truth.world.rounds[$0], signals: signals.tallies[$0], presence: presence.tallies[$0],
                sessions: sessions.tallies[$0], costs: costs.tallies[$0])
        }
        let steps = Step.allCases.compactMap { step -> StepResult? in
            let own = rounds.filter { $0.round.step == step }
            guard !own.isEmpty else { return nil }
            var result = StepResult(step: step, rounds: own, end: truth.world.end)
            result.goals = Goal.all(for: step, timing: history.timing).map { GoalResult($0, result) }
            return result
        }
        let findings = (signals.findings.all + presence.findings.all + sessions.findings.all).sorted {
            ($0.at, $0.kind.rawValue, $0.text) < ($1.at, $1.kind.rawValue, $1.text)
        }
        report = Report(history: history, truth: truth, faults: steps, findings: findings)
        self.events = events
        self.truth = truth
        self.rounds = rounds
    }
}
