import FailoverHistory

/// One step of the failover specification: a harm, how long it is watched, and how it is undone.
///
/// The stage has calmed everything down before `play`, and waits for calm behind it.
protocol FaultStep: Sendable {
    var step: Step { get }
    var rig: Rig.Kind { get }
    func play(on stage: Stage, round: Int) async throws
}

extension FaultStep {
    var rig: Rig.Kind { .single }
}

/// All steps in the order in which a run plays them, with the rounds of the two plans.
struct Schedule: Sendable {
    struct Entry: Sendable {
        let step: any FaultStep
        var rounds: Int
    }

    var entries: [Entry]

    /// Under four minutes on two cores.
    static let quick = Schedule(entries: [
        Entry(step: KillNode(), rounds: 2),
        Entry(step: RollingRestart(), rounds: 1),
        Entry(step: PauseNode(step: .shortPause, seconds: 3), rounds: 1),
        Entry(step: Partition(step: .partitionReset, seconds: 6), rounds: 1),
        Entry(step: PauseRedis(seconds: 8), rounds: 1),
        Entry(step: EmptyRedis(step: .redisFlush), rounds: 1),
        Entry(step: KillTwoNodes(), rounds: 1),
        Entry(step: FailOverRedis(step: .redisFailover), rounds: 1),
    ])

    /// More than a hundred SIGKILLs of nodes in half an hour (docs/decisions/0015-rounds.md).
    static let full = Schedule(entries: [
        Entry(step: KillNode(), rounds: 66),
        Entry(step: KillAndDelay(), rounds: 5),
        Entry(step: RollingRestart(), rounds: 3),
        Entry(step: PauseNode(step: .shortPause, seconds: 3), rounds: 10),
        Entry(step: PauseNode(step: .longPause, seconds: 12), rounds: 4),
        Entry(step: Partition(step: .partitionDrop, seconds: 20), rounds: 3),
        Entry(step: Partition(step: .partitionReset, seconds: 20), rounds: 3),
        Entry(step: PauseRedis(seconds: 8), rounds: 5),
        Entry(step: EmptyRedis(step: .redisRestartEmpty), rounds: 10),
        Entry(step: EmptyRedis(step: .redisFlush), rounds: 10),
        Entry(step: KillTwoNodes(), rounds: 10),
        Entry(step: ReloadEdge(), rounds: 2),
        Entry(step: FailOverRedis(step: .redisFailover), rounds: 5),
        Entry(step: FailOverRedis(step: .redisFailoverLagging), rounds: 5),
        Entry(step: FailOverRedis(step: .redisFailoverRefused), rounds: 5),
        Entry(step: KillAndFailOver(), rounds: 10),
    ])

    /// Only the named steps: `F4` names both `F4a` and `F4b`.
    ///
    /// - Parameter rest: has the steps that can be asked for although the plan leaves them out.
    /// - Returns: nil when a name is of no step.
    func only(_ names: [String], rest: Schedule = .full) -> Schedule? {
        let wanted = names.map { $0.lowercased() }
        // F1 is a step of its own, beside F1b.
        func isStep(_ name: String) -> Bool { Step.allCases.contains { $0.rawValue.lowercased() == name } }
        func matches(_ entry: Entry, _ name: String) -> Bool {
            let own = entry.step.step.rawValue.lowercased()
            return own == name || own.last?.isLetter == true && own.dropLast() == name && !isStep(name)
        }
        // A step that the quick plan leaves out can still be asked for.
        let all =
            entries
            + rest.entries.filter { entry in
                !entries.contains { $0.step.step == entry.step.step }
            }.map { Entry(step: $0.step, rounds: 1) }
        guard wanted.allSatisfy({ name in all.contains { matches($0, name) } }) else { return nil }
        // "F4" means what the plan has of it; what it lacks has to be named in full.
        return Schedule(
            entries: all.filter { entry in
                wanted.contains { name in
                    guard matches(entry, name) else { return false }
                    let isNamed = entry.step.step.rawValue.lowercased() == name
                    let isPlanned = entries.contains { $0.step.step == entry.step.step }
                    let isFamilyPlanned = entries.contains { matches($0, name) }
                    return isNamed || isPlanned || !isFamilyPlanned
                }
            })
    }
}
