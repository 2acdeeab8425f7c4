/// What befell nodes and Redis.
struct World: Sendable {
    let rounds: [Round]
    /// When a node's process ended, by node: the kill when there was one, else the moment it was found gone.
    private(set) var deaths: [String: [Int64]] = [:]
    /// When a node lived out of reach of the others, by node.
    private(set) var isolations: [String: [Range<Int64>]] = [:]
    /// When no node reached Redis.
    let redisAway: Intervals
    /// When Redis may have forgotten what it had accepted.
    let redisLosses: [Int64]
    /// The last event.
    let end: Int64

    /// - Parameter events: in order of time.
    init(_ events: [Event]) {
        rounds = Round.all(in: events)
        end = events.last?.at ?? 0
        var away: [Range<Int64>] = []
        var losses: [Int64] = []
        for round in rounds {
            let healed = round.healedAt ?? end
            for harm in round.harms {
                let span = harm.at..<max(harm.at, healed)
                if harm.fault.takesRedisAway { away.append(span) }
                if harm.fault.losesRedisData { losses.append(harm.at) }
                for node in harm.nodes {
                    if harm.fault == .kill { deaths[node, default: []].append(harm.at) }
                    if harm.fault.isolatesNodes { isolations[node, default: []].append(span) }
                }
            }
        }
        redisAway = Intervals(away)
        redisLosses = losses
        addDeathsWithoutKill(events)
    }

    private mutating func addDeathsWithoutKill(_ events: [Event]) {
        var upSince: [String: Int64] = [:]
        for event in events {
            switch event.kind {
            case .nodeUp(let node): upSince[node] = event.at
            case .nodeDown(let node):
                let since = upSince[node] ?? Int64.min
                guard !(deaths[node] ?? []).contains(where: { since <= $0 && $0 <= event.at }) else { continue }
                deaths[node, default: []].append(event.at)
            default: continue
            }
        }
        for node in deaths.keys { deaths[node]?.sort() }
    }

    /// When the others had to take `node` for lost, at or after `moment`: its death or the begin of an isolation that
    /// outlasts the lease. A node that died while it was cut off was last heard of when the cut began.
    func loss(of node: String, notBefore moment: Int64, timing: Timing) -> Int64? {
        let death = deaths[node]?.first { $0 >= moment }
        let isolation = isolations[node]?.first {
            $0.upperBound > moment && $0.length >= timing.earliestSweep
        }
        let cut = death.flatMap { death in
            isolations[node]?.first { $0.lowerBound <= death && death <= $0.upperBound }?.lowerBound
        }
        return [cut ?? death, isolation?.lowerBound].compactMap { $0 }.min()
    }
}

extension Timing {
    /// The soonest that a silent node may be swept: its last heartbeat may be one period old, one more is jitter.
    var earliestSweep: Int64 { lease - 2 * heartbeat }
}
