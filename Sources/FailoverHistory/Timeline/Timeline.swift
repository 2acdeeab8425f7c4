/// The drawing of a run: verdict, lives of the nodes, how fast clients came back and heard of losses, signals.
public enum Timeline {
    /// A standalone SVG: no script, no external font, light or dark as the reader's system is.
    ///
    /// - Parameters:
    ///   - judgement: of the run.
    ///   - step: draw only the rounds of this step; `nil` draws everything.
    public static func svg(of judgement: Judgement, step: Step? = nil) -> String {
        let rounds = judgement.rounds.filter { step == nil || $0.round.step == step }
        let steps = judgement.report.faults.filter { step == nil || $0.step == step }
        let frame = Frame(window: window(of: rounds, in: judgement))
        let world = judgement.truth.world
        let lanes = Lanes(
            frame: frame, nodes: NodeLife.all(in: judgement.events, world: world), redisAway: world.redisAway,
            redisLosses: world.redisLosses)
        let top = Header.height
        let lanesTop = top + 26
        let resumeTop = lanesTop + lanes.height + 40
        let detectTop = resumeTop + DotPanel.height + 34
        let rateTop = detectTop + DotPanel.height + 34
        let bottom = rateTop + RatePanel.height
        let height = bottom + 88

        var canvas = Canvas()
        canvas.rect(x: 0, y: 0, width: Frame.width, height: height, "ground")
        Header(report: judgement.report, steps: steps).draw(on: &canvas)
        TimeAxis(frame: frame).draw(on: &canvas, rounds: rounds.map(\.round), top: top, bottom: bottom)
        for span in world.redisAway.spans {
            guard let place = frame.visible(span) else { continue }
            canvas.rect(x: place.x, y: top + 20, width: place.width, height: bottom - top - 20, "away")
        }
        lanes.draw(on: &canvas, top: lanesTop)
        DotPanel(
            frame: frame, title: "Resume", explanation: "from a lost socket to the welcome that resumed it",
            style: "resumes", samples: rounds.flatMap(\.sessions.resumes), goal: 4000
        ).draw(on: &canvas, top: resumeTop)
        DotPanel(
            frame: frame, title: "Detection",
            explanation: "from the loss of a node to each peer-left of its lost members", style: "detections",
            samples: rounds.flatMap(\.presence.detections),
            goal: Double(judgement.truth.timing.lease) / 1000 + 1000
        ).draw(on: &canvas, top: detectTop)
        rates(judgement.events, frame: frame).draw(on: &canvas, top: rateTop)
        Legend().draw(on: &canvas, top: bottom + 38)
        return canvas.document(
            width: Frame.width, height: height,
            title: "Failover timeline, seed \(judgement.report.seed): \(judgement.report.verdict.rawValue)")
    }

    /// From the begin of the first to the end of the last round, with an unsettled one shown to the last event.
    private static func window(of rounds: [RoundTally], in judgement: Judgement) -> Range<Int64> {
        let end = judgement.truth.world.end
        guard let first = rounds.first, let last = rounds.last else { return 0..<max(1, end) }
        let from = first.round.window.lowerBound
        return from..<max(from + 1, min(last.round.window.upperBound, end + 1))
    }

    private static func rates(_ events: [Event], frame: Frame) -> RatePanel {
        var sent: [Int64] = []
        var acked: [Int64] = []
        var answered: Set<SignalKey> = []
        for event in events {
            switch event.kind {
            case .sent: sent.append(event.at)
            case .outcome(let client, let id, let to, let outcome) where outcome.isAcknowledgement:
                if answered.insert(SignalKey(from: client, to: to, id: id)).inserted { acked.append(event.at) }
            default: continue
            }
        }
        return RatePanel(frame: frame, sent: sent, acked: acked)
    }
}
