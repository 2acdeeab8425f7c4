/// One act of harm and its observation.
struct Round: Sendable {
    struct Harm: Sendable {
        let at: Int64
        let fault: Fault
        let nodes: [String]
    }

    let step: Step
    let number: Int
    /// From the end of the previous round to the end of the observation.
    var window: Range<Int64>
    var harms: [Harm] = []
    var healedAt: Int64?
    /// `nil` when the history ends before the observation does: such a round proves nothing.
    var settledAt: Int64?

    /// The first harm.
    var beganAt: Int64 { harms.first?.at ?? window.lowerBound }

    /// The rounds of a history.
    ///
    /// - Parameter events: in order of time.
    static func all(in events: [Event]) -> [Round] {
        var rounds: [Round] = []
        var previousEnd = events.first?.at ?? 0
        for event in events {
            switch event.kind {
            case .fault(let step, let number, let fault, let nodes):
                if rounds.last?.step != step || rounds.last?.number != number {
                    rounds.append(Round(step: step, number: number, window: previousEnd..<Int64.max))
                }
                rounds[rounds.count - 1].harms.append(Harm(at: event.at, fault: fault, nodes: nodes))
            case .healed(let step, let number):
                guard let last = rounds.last, last.step == step, last.number == number else { continue }
                rounds[rounds.count - 1].healedAt = event.at
            case .settled(let step, let number):
                guard let last = rounds.last, last.step == step, last.number == number else { continue }
                rounds[rounds.count - 1].settledAt = event.at
                rounds[rounds.count - 1].window = last.window.lowerBound..<(event.at + 1)
                previousEnd = event.at + 1
            default: continue
            }
        }
        return rounds
    }
}

extension [Round] {
    /// The round that a moment belongs to; what comes after the last observation belongs to none.
    func index(at moment: Int64) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].window.upperBound > moment { high = middle } else { low = middle + 1 }
        }
        return low < count ? low : nil
    }
}
