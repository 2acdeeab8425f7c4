import FailoverHistory

extension Injection {
    static let signals = [
        Injection("stored and then lost", fails: "acked and lost", count: \.ackedLost) { history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.removeArrivals(of: signal)
                history.removeOutcomes(of: signal)
                history.append(
                    .outcome(client: signal.from, id: signal.id, to: signal.to, .stored), at: signal.finalAt)
            }
            return signals.count
        },
        Injection("confirmed without an arrival", fails: "acked and lost", count: \.lies) { history, random in
            let signals = history.someSignals(&random)
            for signal in signals { history.removeArrivals(of: signal) }
            return signals.count
        },
        Injection("confirmed long before the arrival", in: .shortPause, fails: "acked and lost", count: \.lies) {
            history, random in
            let signals = history.finishedSignals.filter { $0.arrivedAt > $0.sentAt + 1_200_000 }
            guard let signal = signals.randomElement(using: &random) else { return nil }
            history.removeOutcomes(of: signal)
            history.append(
                .outcome(client: signal.from, id: signal.id, to: signal.to, .received), at: signal.sentAt + 1000)
            return 1
        },
        Injection("surfaced twice", fails: "duplicates surfaced", count: \.duplicatesSurfaced) { history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.append(
                    .arrived(client: signal.to, from: signal.from, id: signal.id, isRepeat: false),
                    at: signal.arrivedAt + random.milliseconds(1...900))
            }
            return signals.count
        },
        Injection("twice on the wire", fails: nil, count: \.duplicatesWire) { history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.append(
                    .arrived(client: signal.to, from: signal.from, id: signal.id, isRepeat: true),
                    at: signal.arrivedAt + random.milliseconds(1...900))
            }
            return signals.count
        },
        Injection("overtaken by a later one of the pair", fails: "out of order", count: \.outOfOrder) {
            history, random in
            let signals = history.finishedSignals.shuffled(using: &random)
            for early in signals {
                let later = signals.filter { $0.from == early.from && $0.to == early.to && $0.sentAt > early.sentAt }
                    .sorted { $0.sentAt < $1.sentAt }
                guard let next = later.first,
                    later.dropFirst().first.map({ $0.arrivedAt > next.arrivedAt + 9000 }) ?? true
                else { continue }
                history.removeArrivals(of: early)
                history.removeOutcomes(of: early)
                history.append(
                    .arrived(client: early.to, from: early.from, id: early.id, isRepeat: false),
                    at: next.arrivedAt + 1000)
                history.append(
                    .outcome(client: early.from, id: early.id, to: early.to, .received), at: next.arrivedAt + 2000)
                return 1
            }
            return nil
        },
        Injection("arrived at somebody else", fails: "misdelivered signals", count: \.misdelivered) { history, random in
            let signals = history.someSignals(&random)
            let all = history.steadyClients
            var done = 0
            for signal in signals {
                guard let other = all.first(where: { $0 != signal.to && $0 != signal.from }) else { continue }
                history.append(
                    .arrived(client: other, from: signal.from, id: signal.id, isRepeat: false), at: signal.arrivedAt)
                done += 1
            }
            return done == 0 ? nil : done
        },
        Injection("two different final outcomes", fails: "contradictory outcomes", count: \.contradictions) {
            history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.append(
                    .outcome(client: signal.from, id: signal.id, to: signal.to, .undeliverable(reason: "timeout")),
                    at: signal.finalAt + random.milliseconds(1...500))
            }
            return signals.count
        },
        Injection("refused and surfaced nevertheless", fails: "contradictory outcomes", count: \.contradictions) {
            history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.removeOutcomes(of: signal)
                let code = random.chance(0.5) ? "full" : "not_found"
                history.append(
                    .outcome(client: signal.from, id: signal.id, to: signal.to, .nack(code: code)), at: signal.finalAt)
            }
            return signals.count
        },
        Injection("stored and then refused", fails: "contradictory outcomes", count: \.contradictions) {
            history, random in
            let signals = history.someSignals(&random)
            for signal in signals {
                history.removeArrivals(of: signal)
                history.removeOutcomes(of: signal)
                for (delay, outcome) in [(0, Outcome.stored), (2_000, .nack(code: "timeout"))] {
                    history.append(
                        .outcome(client: signal.from, id: signal.id, to: signal.to, outcome),
                        at: signal.finalAt + Int64(delay))
                }
            }
            return signals.count
        },
        Injection("never answered", fails: "signals without outcome", count: \.unanswered) { history, random in
            let signals = history.someSignals(&random)
            for signal in signals { history.removeOutcomes(of: signal) }
            return signals.count
        },
        Injection(
            "best effort lost inside a node", in: .partitionDrop, fails: "signals lost inside a node",
            count: \.localLost
        ) { history, random in
            let steady = history.steadyClients
            var node: [Client: String] = [:]
            for event in history.events {
                if case .joined(let client, _, _, let name, _, _) = event.kind { node[client] = name }
            }
            let settled = history.settledAt
            let local = history.events.indices.filter {
                guard case .bestEffortArrived(let client, let from, _) = history.events[$0].kind else { return false }
                return steady.contains(client) && steady.contains(from) && node[client] == node[from]
                    && history.events[$0].at < settled
            }
            guard let index = local.randomElement(using: &random) else { return nil }
            history.events.remove(at: index)
            return 1
        },
    ]
}
