/// One measured duration and when it ended, both in microseconds.
struct Sample: Sendable {
    let at: Int64
    let duration: Int64
}

/// The tallies of one round.
struct RoundTally: Sendable {
    let round: Round
    let signals: SignalTally
    let presence: PresenceTally
    let sessions: SessionTally
    let costs: CostTally

    /// - Parameter end: the last event, for a round that was not settled.
    func seconds(end: Int64) -> Double {
        Double(min(round.window.upperBound, end) - round.window.lowerBound) / 1_000_000
    }
}

extension StepResult {
    /// - Parameter all: the rounds of the step; those that were not settled count only as such.
    init(step: Step, rounds all: [RoundTally], end: Int64) {
        let rounds = all.filter { $0.round.settledAt != nil }
        func sum(_ field: KeyPath<RoundTally, Int>) -> Int { rounds.reduce(0) { $0 + $1[keyPath: field] } }
        func most(_ field: KeyPath<RoundTally, Int64>) -> Double {
            Quantiles.milliseconds(rounds.reduce(0) { max($0, $1[keyPath: field]) })
        }
        func quantiles(_ field: KeyPath<RoundTally, [Int64]>) -> Quantiles? {
            Quantiles(micros: rounds.flatMap { $0[keyPath: field] })
        }
        func share(_ field: KeyPath<RoundTally, SignalTally.Share>) -> Double? {
            let shares = rounds.map { $0[keyPath: field] }
            return SignalTally.Share(
                crossNode: shares.reduce(0) { $0 + $1.crossNode }, all: shares.reduce(0) { $0 + $1.all }
            ).value
        }
        func sampled(_ field: KeyPath<RoundTally, [Sample]>) -> Quantiles? {
            Quantiles(micros: rounds.flatMap { $0[keyPath: field].map(\.duration) })
        }
        self.step = step
        name = step.rawValue
        n = rounds.count
        unsettledRounds = all.count - rounds.count
        seconds = rounds.reduce(0) { $0 + $1.seconds(end: end) }
        detectMs = sampled(\.presence.detections)
        resumeMs = sampled(\.sessions.resumes)

        sent = sum(\.signals.sent)
        acked = sum(\.signals.acked)
        ackedLost = sum(\.signals.ackedLost)
        ackedLostExplained = sum(\.signals.ackedLostExplained)
        lies = sum(\.signals.lies)
        senderGone = sum(\.signals.senderGone)
        undecided = sum(\.signals.undecided)
        unanswered = sum(\.signals.unanswered)
        undeliverable = sum(\.signals.undeliverable)
        nacked = sum(\.signals.nacked)
        contradictions = sum(\.signals.contradictions)
        surfaced = sum(\.signals.surfaced)
        duplicatesWire = sum(\.signals.duplicatesWire)
        duplicatesSurfaced = sum(\.signals.duplicatesSurfaced)
        outOfOrder = sum(\.signals.outOfOrder)
        misdelivered = sum(\.signals.misdelivered)
        localSent = sum(\.signals.localSent)
        localLost = sum(\.signals.localLost)
        crossNodeBefore = share(\.signals.before)
        crossNodeAfter = share(\.signals.after)

        ghosts = sum(\.presence.ghosts.count)
        missing = sum(\.presence.missing.count)
        leaves = sum(\.presence.leaves)
        falseLeaves = sum(\.presence.falseLeaves)
        doubleLeaves = sum(\.presence.doubleLeaves)
        doubleJoins = sum(\.presence.doubleJoins)
        visibleLeaves = sum(\.presence.visibleLeaves)
        maxDivergenceMs = most(\.presence.maxDivergence)

        socketsLost = sum(\.sessions.socketsLost)
        newSessions = sum(\.sessions.newSessions)
        renewedInWindow = sum(\.sessions.renewedInWindow)
        brokenResumes = sum(\.sessions.brokenResumes)
        stranded = sum(\.sessions.stranded)
        maxOverlapMs = most(\.sessions.maxOverlap)

        exitMs = quantiles(\.costs.exits)
        degradedAfterMs = quantiles(\.costs.degradedAfter)
        silentlyDegraded = sum(\.costs.silentlyDegraded)
        stillDegraded = sum(\.costs.stillDegraded)
        refences = sum(\.costs.refences)
        let wall = max(seconds, 0.001)
        redisCommandsPerSecond = Double(sum(\.costs.redisCommands)) / wall
        redisCPU = Double(sum(\.costs.redisCPUMicros)) / 1_000_000 / wall
        nodeCPU = Double(sum(\.costs.nodeCPUMicros)) / 1_000_000 / wall
        maxRSSBytes = rounds.reduce(0) { max($0, $1.costs.maxRSSBytes) }

        upperBounds = StepResult.upperBounds([
            ("ackedLost", ackedLost, acked), ("duplicatesSurfaced", duplicatesSurfaced, surfaced),
            ("falseLeaves", falseLeaves, socketsLost), ("ghosts", ghosts, socketsLost),
        ])
    }

    /// Rule of three: none among n makes a share of at most 3/n with 95 % confidence.
    static func upperBounds(_ counts: [(field: String, count: Int, among: Int)]) -> [String: Double] {
        var bounds: [String: Double] = [:]
        for (field, count, among) in counts where count == 0 && among > 0 { bounds[field] = min(1, 3 / Double(among)) }
        return bounds
    }
}
