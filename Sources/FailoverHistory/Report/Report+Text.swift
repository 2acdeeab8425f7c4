public import Foundation

extension Report {
    /// The JSON of `signal-load failover --json`; durations without a sample are left out.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Tables for a terminal: what was measured, what failed, where to look.
    public func text() -> String {
        let heading =
            "\(clients) clients, \(Figure.whole(seconds)) s, seed \(seed), \(machine), lease \(timing.lease / 1000) ms, "
            + "heartbeat \(timing.heartbeat / 1000) ms"
        var parts = [heading, table, goals]
        if !findings.isEmpty {
            let lines = findings.map { "\(Figure.clock($0.at))  \($0.step.rawValue)  \($0.kind.rawValue): \($0.text)" }
            parts.append((["What to look up (the first of each kind):"] + lines).joined(separator: "\n"))
        }
        parts.append("verdict: \(verdict.rawValue)")
        return parts.joined(separator: "\n\n")
    }

    private var table: String {
        let titles = [
            "step", "n", "detect p50/p99/max ms", "resume p50/p99 ms", "acked", "lost", "(≤ 95 %)", "gone", "undeliv.",
            "dup wire/surf.", "ghosts", "false left", "divergence ms", "refences", "Redis cmd/s", "CPU nodes/Redis",
            "RSS MB",
        ]
        let rows = faults.map { step in
            [
                step.name, "\(step.n)", Figure.durations(step.detectMs, withMax: true),
                Figure.durations(step.resumeMs, withMax: false), "\(step.acked)", "\(step.ackedLost)",
                step.upperBounds["ackedLost"].map(Figure.share) ?? "–", "\(step.senderGone)", "\(step.undeliverable)",
                "\(step.duplicatesWire)/\(step.duplicatesSurfaced)", "\(step.ghosts)", "\(step.falseLeaves)",
                Figure.whole(step.maxDivergenceMs), "\(step.refences)", Figure.whole(step.redisCommandsPerSecond),
                "\(Figure.share(step.nodeCPU))/\(Figure.share(step.redisCPU))", "\(step.maxRSSBytes / 1_000_000)",
            ]
        }
        return TextColumns.render([titles] + rows)
    }

    private var goals: String {
        let rows = faults.flatMap { step in
            step.goals.map { goal in
                [
                    step.name, goal.what, "≤ \(Figure.value(goal.limit, goal.unit))",
                    goal.measured.map { Figure.value($0, goal.unit) } ?? "not measured", goal.passes ? "pass" : "FAIL",
                ]
            }
        }
        return TextColumns.render([["step", "goal", "limit", "measured", ""]] + rows)
    }
}

/// Rows of text in columns that line up; the first row is the heading.
enum TextColumns {
    static func render(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: min(1, lines.count))
        return lines.joined(separator: "\n")
    }
}
