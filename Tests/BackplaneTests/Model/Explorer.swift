/// What a search came to.
struct Finding: CustomStringConvertible {
    struct Counterexample {
        var faults: [String]
        var steps: [Step]
    }

    /// Different states seen, or steps of walks taken.
    var states = 0
    /// States at rest that were judged.
    var judged = 0
    /// Whether the search ended because nothing was left, not because of its limit.
    var isExhaustive = false
    var counterexample: Counterexample?

    var description: String {
        let verdict =
            counterexample.map {
                "\($0.faults.joined(separator: "; ")) after \($0.steps.count) steps:\n"
                    + $0.steps.map { "  \($0)" }.joined(separator: "\n")
            } ?? "no violation"
        return "\(states) states\(isExhaustive ? "" : " (limit)"), \(judged) at rest: \(verdict)"
    }
}

/// Searches the schedules of a model for one that ends in a violation.
enum Explorer {
    private final class Trace {
        let step: Step
        let before: Trace?

        init(_ step: Step, after before: Trace?) {
            self.step = step
            self.before = before
        }

        var steps: [Step] { (before?.steps ?? []) + [step] }
    }

    /// Every schedule, shortest first, up to `limit` different states.
    static func explore(_ start: Model, limit: Int) -> Finding {
        var finding = Finding()
        var seen: Set<Int> = [start.fingerprint]
        var level: [(Model, Trace?)] = [(start, nil)]
        while !level.isEmpty {
            var next: [(Model, Trace?)] = []
            for (model, trace) in level {
                finding.states = seen.count
                let steps = model.protocolSteps
                if let faults = judge(model, steps, &finding) {
                    finding.counterexample = .init(faults: faults, steps: trace?.steps ?? [])
                    return finding
                }
                let rest = steps.isEmpty ? model.lateSteps : []
                for step in steps + rest + model.worldSteps {
                    var after = model
                    after.take(step)
                    guard seen.insert(after.fingerprint).inserted else { continue }
                    next.append((after, Trace(step, after: trace)))
                    if seen.count >= limit { return finding }
                }
            }
            level = next
        }
        finding.isExhaustive = true
        return finding
    }

    /// Random schedules: the world interferes in about one of `rarity` steps, until nothing is left to do.
    static func walk(_ start: Model, seeds: Range<UInt64>, rarity: Int = 6, longest: Int = 400) -> Finding {
        var finding = Finding()
        for seed in seeds {
            var random = SeededRandom(seed: seed)
            var model = start
            var taken: [Step] = []
            while taken.count < longest {
                let steps = model.protocolSteps
                if let faults = judge(model, steps, &finding) {
                    finding.counterexample = .init(faults: ["seed \(seed)"] + faults, steps: taken)
                    return finding
                }
                let world = model.worldSteps
                let rest = steps.isEmpty ? model.lateSteps : []
                let own = steps + rest
                let interferes = own.isEmpty || Int.random(in: 0..<rarity, using: &random) == 0
                guard let step = (interferes && !world.isEmpty ? world : own).randomElement(using: &random) else {
                    break
                }
                model.take(step)
                taken.append(step)
                finding.states += 1
            }
        }
        return finding
    }

    /// A shorter schedule that ends in a violation: runs of steps that can be left out are.
    static func shorten(_ long: Finding.Counterexample, from start: Model) -> Finding.Counterexample {
        var short = long
        var size = long.steps.count / 2
        while size > 0 {
            var end = short.steps.count
            let before = end
            while end > 0 {
                var steps = short.steps
                steps.removeSubrange(max(0, end - size)..<end)
                if let shorter = violation(after: steps, from: start), shorter.steps.count < short.steps.count {
                    short = shorter
                }
                end = min(end - size, short.steps.count)
            }
            if size > 1 || short.steps.count == before { size /= 2 }
        }
        return short
    }

    /// Takes those of `steps` that are possible, then comes to rest: what was taken, and why it is a violation.
    private static func violation(after steps: [Step], from start: Model) -> Finding.Counterexample? {
        var model = start
        var taken: [Step] = []
        for step in steps where model.mayTake(step) {
            model.take(step)
            taken.append(step)
            if !model.alarms.isEmpty { return .init(faults: model.alarms, steps: taken) }
        }
        for _ in 0..<1_000 {
            guard let step = model.protocolSteps.first ?? model.lateSteps.first else { break }
            model.take(step)
            taken.append(step)
            if !model.alarms.isEmpty { return .init(faults: model.alarms, steps: taken) }
        }
        return model.hasSurvivor && !model.faults.isEmpty ? .init(faults: model.faults, steps: taken) : nil
    }

    private static func judge(_ model: Model, _ steps: [Step], _ finding: inout Finding) -> [String]? {
        if !model.alarms.isEmpty { return model.alarms }
        guard steps.isEmpty, model.lateSteps.isEmpty, model.hasSurvivor else { return nil }
        finding.judged += 1
        let faults = model.faults
        return faults.isEmpty ? nil : faults
    }
}
