/// What became of the directed signals of each round.
struct SignalTally: Sendable {
    var sent = 0
    var acked = 0
    var ackedLost = 0
    /// Of these, those that the fault model allows: the sender's node died and Redis lost data (cluster.md §2.8).
    var ackedLostExplained = 0
    /// Confirmed as `received` although the receiver never got them.
    var lies = 0
    /// Acknowledged, and their sender was gone before it could be told more.
    var senderGone = 0
    /// Acknowledged so shortly before the end that they may be under way.
    var undecided = 0
    var undeliverable = 0
    var nacked = 0
    var unanswered = 0
    var contradictions = 0
    var surfaced = 0
    var duplicatesWire = 0
    var duplicatesSurfaced = 0
    var outOfOrder = 0
    var misdelivered = 0
    /// Between two clients of one node that lost no socket.
    var localSent = 0
    var localLost = 0
    /// Signals between nodes, before and after the first harm.
    var before = Share()
    var after = Share()

    struct Share: Sendable {
        var crossNode = 0
        var all = 0
        var value: Double? { all == 0 ? nil : Double(crossNode) / Double(all) }
    }
}

/// Follows every directed signal from its sender to its end.
struct SignalJudge: Sendable {
    private let truth: Truth
    private(set) var tallies: [SignalTally]
    private(set) var findings = Findings()
    private var ledger = SignalLedger()

    init(truth: Truth) {
        self.truth = truth
        tallies = Array(repeating: SignalTally(), count: truth.world.rounds.count)
    }

    /// - Parameter events: in order of time.
    mutating func judge(_ events: [Event]) {
        ledger.read(events)
        for stray in ledger.strays {
            note(.misdelivered, at: stray.at, "\(stray.client) got \(stray.key), which is not for it") {
                $0.misdelivered += 1
            }
        }
        for reversal in ledger.reversals {
            note(.outOfOrder, at: reversal.at, "\(reversal.key) came after a later one of the pair") {
                $0.outOfOrder += 1
            }
        }
        for (key, signal) in SignalLedger.inOrder(ledger.reliable) { judge(key, signal) }
        for (key, signal) in SignalLedger.inOrder(ledger.bestEffort) { judgeLocal(key, signal) }
    }

    private mutating func judge(_ key: SignalKey, _ signal: Signal) {
        tally(at: signal.sentAt) {
            $0.sent += 1
            $0.surfaced += signal.surfacedAt == nil ? 0 : 1
            $0.duplicatesWire += signal.repeats + signal.surfacedAgain
            if signal.isAcknowledged { $0.acked += 1 }
            switch signal.final {
            case .undeliverable: $0.undeliverable += 1
            case .nack: $0.nacked += 1
            default: break
            }
        }
        if signal.surfacedAgain > 0 {
            note(.duplicateSurfaced, at: signal.sentAt, "\(key) surfaced \(signal.surfacedAgain + 1) times") {
                $0.duplicatesSurfaced += signal.surfacedAgain
            }
        }
        if signal.isContradicted {
            note(.contradiction, at: signal.sentAt, "\(key) has more than one final outcome") { $0.contradictions += 1 }
        }
        if signal.isTakenBack, !isExplained(key, signal), wasAskedOnce(key, signal) {
            note(.contradiction, at: signal.sentAt, "\(key) was stored and then refused") { $0.contradictions += 1 }
        }
        if signal.isRefused, signal.surfacedAt != nil, wasTriedOnce(key, signal) {
            note(.contradiction, at: signal.sentAt, "\(key) was refused and surfaced") { $0.contradictions += 1 }
        }
        countShare(key, signal)
        judgeLocal(key, signal)
        if signal.isAcknowledged { judgeAcknowledged(key, signal) } else { judgeUnanswered(key, signal) }
    }

    /// Whether the sender asked nobody else after it was told `stored`: a client that comes back says again what has no
    /// final outcome, perhaps to a node that knows of no promise and finds nobody to keep it for.
    private func wasAskedOnce(_ key: SignalKey, _ signal: Signal) -> Bool {
        truth.lives[key.from]?.isConnected(throughout: signal.storedAt...signal.finalAt) ?? true
    }

    /// Whether what came of the signal is the answer to one try. A client tries again after a welcome, a node after it
    /// has lost sight of Redis: then the first try may have arrived, and the last one found nobody any more.
    private func wasTriedOnce(_ key: SignalKey, _ signal: Signal) -> Bool {
        guard let connection = truth.lives[key.from]?.connection(at: signal.sentAt),
            signal.finalAt <= connection.until
        else { return false }
        let span = signal.sentAt..<max(signal.finalAt, signal.sentAt + 1)
        return !truth.world.redisAway.overlaps(span) && !truth.world.redisLosses.contains { span.contains($0) }
            && !(truth.world.isolations[connection.node] ?? []).contains { $0.overlaps(span) }
    }

    private mutating func judgeAcknowledged(_ key: SignalKey, _ signal: Signal) {
        if signal.final == .received {
            let latest = signal.finalAt + truth.allowance.observation
            guard signal.surfacedAt.map({ $0 > latest }) ?? true else { return }
            note(.neverArrived, at: signal.sentAt, "\(key) is confirmed but had not arrived") {
                $0.lies += 1
                $0.ackedLost += 1
            }
            return
        }
        guard signal.surfacedAt == nil, signal.final == nil else { return }
        let sender = truth.lives[key.from]?.incarnation(at: signal.sentAt)
        if sender?.ending != Life.Ending.none || sender?.lostAt != .max {
            return tally(at: signal.sentAt) { $0.senderGone += 1 }
        }
        if signal.storedAt > truth.world.end - truth.allowance.decision {
            return tally(at: signal.sentAt) { $0.undecided += 1 }
        }
        let isExplained = isExplained(key, signal)
        note(.ackedLost, at: signal.sentAt, "\(key) was stored and is lost\(isExplained ? " (allowed)" : "")") {
            $0.ackedLost += 1
            $0.ackedLostExplained += isExplained ? 1 : 0
        }
    }

    /// Both copies can be gone only when the sender's node died and Redis lost data.
    private func isExplained(_ key: SignalKey, _ signal: Signal) -> Bool {
        guard let round = truth.world.rounds.index(at: signal.sentAt),
            let node = truth.lives[key.from]?.connection(at: signal.sentAt)?.node
        else { return false }
        let window = signal.sentAt..<truth.world.rounds[round].window.upperBound
        return truth.world.redisLosses.contains { window.contains($0) }
            && (truth.world.deaths[node] ?? []).contains { window.contains($0) }
    }

    private mutating func judgeUnanswered(_ key: SignalKey, _ signal: Signal) {
        guard signal.final == nil else { return }
        let latest = truth.world.end - truth.allowance.decision - truth.allowance.observation
        // After every welcome a sender sends again what has no final outcome.
        guard let sender = truth.lives[key.from]?.incarnation(at: signal.sentAt), sender.ending == .none,
            sender.lostAt == .max, max(signal.sentAt, sender.connections.last?.from ?? 0) <= latest
        else { return }
        note(.unanswered, at: signal.sentAt, "\(key) has no outcome") { $0.unanswered += 1 }
    }

    private mutating func judgeLocal(_ key: SignalKey, _ signal: Signal) {
        let span = signal.sentAt...(signal.sentAt + truth.allowance.observation)
        guard span.upperBound <= truth.world.end, let from = truth.lives[key.from]?.connection(at: signal.sentAt),
            let to = truth.lives[key.to]?.connection(at: signal.sentAt), from.node == to.node,
            from.until > span.upperBound, to.until > span.upperBound
        else { return }
        tally(at: signal.sentAt) { $0.localSent += 1 }
        guard signal.surfacedAt == nil else { return }
        note(.localLoss, at: signal.sentAt, "\(key) did not arrive on \(from.node)") { $0.localLost += 1 }
    }

    private mutating func countShare(_ key: SignalKey, _ signal: Signal) {
        guard let round = truth.world.rounds.index(at: signal.sentAt),
            let from = truth.lives[key.from]?.connection(at: signal.sentAt),
            let to = truth.lives[key.to]?.connection(at: signal.sentAt)
        else { return }
        let isBefore = signal.sentAt < truth.world.rounds[round].beganAt
        let crossing = from.node == to.node ? 0 : 1
        tally(at: signal.sentAt) {
            if isBefore {
                $0.before.all += 1
                $0.before.crossNode += crossing
            } else {
                $0.after.all += 1
                $0.after.crossNode += crossing
            }
        }
    }

    private mutating func tally(at: Int64, _ body: (inout SignalTally) -> Void) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
    }

    private mutating func note(_ kind: Finding.Kind, at: Int64, _ text: String, _ body: (inout SignalTally) -> Void) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
        findings.add(kind, at: at, step: truth.world.rounds[round].step, text)
    }
}
