/// One row of what a step has to show (cluster.md §7, quality.md §3).
public struct Goal: Sendable {
    /// What is measured, for people.
    public let what: String
    public let unit: Unit
    /// The greatest figure that passes.
    public let limit: Double
    let measured: @Sendable (StepResult) -> Double?

    public enum Unit: String, Sendable, Codable {
        case count
        case milliseconds
    }

    /// The goals of a step.
    public static func all(for step: Step, timing: Timing) -> [Goal] {
        let own: [Goal] =
            switch step {
            case .kill: detection(timing) + resume + [onlyTimelyResumes]
            case .rollingRestart: [nothingVisible, resumeTail(5000), exit, onlyTimelyResumes]
            case .shortPause: [nothingVisible, onlyTimelyResumes]
            case .longPause: [overlap, onlyTimelyResumes]
            case .partitionDrop, .partitionReset: [localLoss, degraded, flagged, corrected(2000), onlyTimelyResumes]
            case .redisPause: [corrected(3000), recovered, onlyTimelyResumes, nothingRenewed]
            case .redisRestartEmpty, .redisFlush, .redisFailover, .redisFailoverLagging, .redisFailoverRefused:
                [corrected(3000), recovered, onlyTimelyResumes, nothingRenewed, resumeTail(4000)]
            case .edgeReload: [nothingVisible, onlyTimelyResumes]
            case .lateCommands, .doubleKill: [onlyTimelyResumes]
            case .killAndFailover: []
            }
        return own + loss(step) + order(step) + always
    }

    private static func zero(_ what: String, _ field: @escaping @Sendable (StepResult) -> Int?) -> Goal {
        Goal(what: what, unit: .count, limit: 0) { field($0).map(Double.init) }
    }

    private static func time(
        _ what: String, atMost limit: Double, _ field: @escaping @Sendable (StepResult) -> Double?
    ) -> Goal {
        Goal(what: what, unit: .milliseconds, limit: limit, measured: field)
    }

    /// 6 s with the lease of 5 s, 4 s with one of 3 s.
    private static func detection(_ timing: Timing) -> [Goal] {
        [time("peer-left at survivors, p99", atMost: Double(timing.lease) / 1000 + 1000) { $0.detectMs?.p99 }]
    }

    private static let resume = [time("resume, p50", atMost: 1500) { $0.resumeMs?.p50 }, resumeTail(4000)]

    private static func resumeTail(_ limit: Double) -> Goal {
        time("resume, p99", atMost: limit) { $0.resumeMs?.p99 }
    }

    private static func corrected(_ limit: Double) -> Goal {
        time("views wrong after the return", atMost: limit) { $0.maxDivergenceMs }
    }

    private static let exit = time("exit after SIGTERM", atMost: 25_000) { $0.exitMs?.max }
    private static let degraded = time("degraded flag", atMost: 3000) { $0.degradedAfterMs?.max }
    private static let overlap = time("two sockets of one session", atMost: 2000) { $0.maxOverlapMs }
    private static let nothingVisible = zero("peer-left seen by clients") { $0.visibleLeaves }
    private static let localLoss = zero("signals lost inside a node") { $0.localSent == 0 ? nil : $0.localLost }
    private static let flagged = zero("cut-off nodes without the flag") { $0.silentlyDegraded }
    private static let recovered = zero("nodes degraded at the end") { $0.stillDegraded }
    private static let nothingRenewed = zero("sessions begun anew in their window") { $0.renewedInWindow }
    private static let onlyTimelyResumes = zero("timely resumes refused") { $0.brokenResumes }

    /// Nothing acknowledged proves nothing, so no acknowledgement is no pass.
    private static func loss(_ step: Step) -> [Goal] {
        let isExcused = step == .killAndFailover
        return [
            zero(isExcused ? "acked and lost, unexplained" : "acked and lost") {
                $0.acked == 0 ? nil : $0.ackedLost - (isExcused ? $0.ackedLostExplained : 0)
            }
        ]
    }

    /// A loss of Redis' data ends the epoch of order: what was lost comes again after what was kept.
    private static func order(_ step: Step) -> [Goal] {
        switch step {
        case .redisRestartEmpty, .redisFlush, .redisFailover, .redisFailoverLagging, .redisFailoverRefused,
            .killAndFailover:
            []
        default: [zero("out of order") { $0.outOfOrder }]
        }
    }

    private static let always = [
        zero("duplicates surfaced") { $0.duplicatesSurfaced },
        zero("ghosts") { $0.ghosts },
        zero("members missing") { $0.missing },
        zero("false peer-left") { $0.falseLeaves },
        zero("peer-left more than once") { $0.doubleLeaves },
        zero("peer-joined more than once") { $0.doubleJoins },
        zero("contradictory outcomes") { $0.contradictions },
        zero("signals without outcome") { $0.unanswered },
        zero("misdelivered signals") { $0.misdelivered },
        zero("clients that never came back") { $0.stranded },
        zero("rounds not observed to the end") { $0.unsettledRounds },
    ]
}

/// A goal held against what was measured.
public struct GoalResult: Sendable, Hashable, Codable {
    public let what: String
    public let unit: Goal.Unit
    public let limit: Double
    /// `nil` when nothing was measured; that is no pass.
    public let measured: Double?

    public var passes: Bool { measured.map { $0 <= limit } ?? false }
}

extension GoalResult {
    init(_ goal: Goal, _ result: StepResult) {
        self.init(what: goal.what, unit: goal.unit, limit: goal.limit, measured: goal.measured(result))
    }
}
