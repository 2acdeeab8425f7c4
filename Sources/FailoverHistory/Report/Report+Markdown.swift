extension Report {
    /// The measured table as a page of documentation shows it: a sentence about the run, a row per step, the totals.
    public func markdown() -> String {
        let heading =
            "\(Figure.grouped(clients)) clients in \(Figure.whole(seconds / 60)) minutes, lease "
            + "\(Figure.seconds(Double(timing.lease) / 1000)), heartbeat "
            + "\(Figure.seconds(Double(timing.heartbeat) / 1000)), on \(machine), seed \(seed). Times are p50 / p99 / max in "
            + "seconds."
        return [heading, markdownTable, totals].joined(separator: "\n\n") + "\n"
    }

    private var markdownTable: String {
        let titles = [
            "step", "rounds", "detect", "resume", "acknowledged", "lost", "sender gone", "reported undeliverable",
            "repeats dropped",
            "surfaced twice", "ghosts", "false leaves", "divergence, s", "refences", "",
        ]
        let rows = faults.map { step in
            [
                "\(step.name) \(step.step.title)", "\(step.n)", seconds(step.detectMs), seconds(step.resumeMs),
                Figure.grouped(step.acked), lost(step), "\(step.senderGone)", Figure.grouped(step.undeliverable),
                Figure.grouped(step.duplicatesWire), "\(step.duplicatesSurfaced)", "\(step.ghosts)",
                "\(step.falseLeaves)", Figure.decimal(step.maxDivergenceMs / 1000, digits: 2), "\(step.refences)",
                step.passes ? "pass" : "**fail**",
            ]
        }
        let rule = titles.indices.map { $0 == 0 || $0 == titles.count - 1 ? "---" : "--:" }
        return ([titles, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private func seconds(_ quantiles: Quantiles?) -> String {
        guard let quantiles else { return "–" }
        return [quantiles.p50, quantiles.p99, quantiles.max].map { Figure.decimal($0 / 1000, digits: 2) }
            .joined(separator: " / ")
    }

    private func lost(_ step: StepResult) -> String {
        step.ackedLostExplained > 0 ? "\(step.ackedLost) (\(step.ackedLostExplained) allowed)" : "\(step.ackedLost)"
    }

    /// What was counted over all steps, and the bounds of what was not seen once.
    private var totals: String {
        func sum(_ field: KeyPath<StepResult, Int>) -> Int { faults.reduce(0) { $0 + $1[keyPath: field] } }
        let kills = faults.reduce(0) { $0 + $1.n * $1.step.killedNodes }
        let counts = [
            ("acknowledged and lost", sum(\.ackedLost), sum(\.acked), "acknowledged signals"),
            ("surfaced twice", sum(\.duplicatesSurfaced), sum(\.surfaced), "surfaced signals"),
            ("ghosts", sum(\.ghosts), sum(\.socketsLost), "lost sockets"),
            ("false leaves", sum(\.falseLeaves), sum(\.socketsLost), "lost sockets"),
        ]
        let lines = counts.map { what, count, among, of in
            let bound = StepResult.upperBounds([(what, count, among)])[what].map { ", ≤ \(Figure.share($0)) with 95 %" }
            return "- \(what): \(Figure.grouped(count)) of \(Figure.grouped(among)) \(of)\(bound ?? "")"
        }
        return (["In all \(kills) nodes got SIGKILL, and of all steps together:", ""] + lines).joined(separator: "\n")
    }
}

extension Step {
    /// What happens, in a few words.
    var title: String {
        switch self {
        case .kill: "`kill -9` of a node"
        case .lateCommands: "the same, its last words late"
        case .rollingRestart: "rolling restart"
        case .shortPause: "stopped 3 s"
        case .longPause: "stopped 12 s"
        case .partitionDrop: "cut off, silent"
        case .partitionReset: "cut off, reset"
        case .redisPause: "Redis stopped 8 s"
        case .redisRestartEmpty: "Redis restarted empty"
        case .redisFlush: "FLUSHALL"
        case .redisFailover: "failover"
        case .redisFailoverLagging: "failover, replica lags"
        case .redisFailoverRefused: "failover, dial refused"
        case .edgeReload: "edge reloaded"
        case .doubleKill: "two nodes killed"
        case .killAndFailover: "node and primary killed"
        }
    }

    /// Nodes that get SIGKILL in one round.
    var killedNodes: Int {
        switch self {
        case .kill, .lateCommands, .killAndFailover: 1
        case .doubleKill: 2
        default: 0
        }
    }
}
