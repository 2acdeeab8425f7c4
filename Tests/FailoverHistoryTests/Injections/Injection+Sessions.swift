import FailoverHistory

extension Injection {
    static let sessions = [
        Injection("resumed, it says, after the others saw it leave", fails: "false peer-left", count: \.falseLeaves) {
            history, random in
            let welcomes = history.welcomes(resumed: false, after: history.faultAt)
            guard let (index, client) = welcomes.randomElement(using: &random) else { return nil }
            history.flipResumed(index)
            let leaves = history.leaves(of: [client])
            return leaves.isEmpty ? nil : leaves.count
        },
        Injection("refused to resume in time", fails: "timely resumes refused", count: \.brokenResumes) {
            history, random in
            let welcomes = history.welcomes(resumed: true, after: history.faultAt)
            guard let (index, _) = welcomes.randomElement(using: &random) else { return nil }
            history.flipResumed(index)
            return 1
        },
        Injection(
            "refused to resume after Redis was emptied", in: .redisFlush, fails: "timely resumes refused",
            count: \.brokenResumes
        ) { history, _ in
            let welcomes = history.welcomes(resumed: true, after: history.faultAt)
            for (index, _) in welcomes { history.flipResumed(index) }
            return welcomes.isEmpty ? nil : welcomes.count
        },
        Injection(
            "begun anew while Redis was away", in: .redisFailover, fails: "sessions begun anew in their window",
            count: \.renewedInWindow
        ) { history, random in
            let welcomes = history.welcomes(resumed: true, after: history.faultAt)
            guard let (index, client) = welcomes.randomElement(using: &random) else { return nil }
            // Said hello before Redis was back: a node that cannot look has to say 1013.
            let hello = history.events.lastIndex {
                if case .hello(client, _, true) = $0.kind { true } else { false }
            }
            guard let hello else { return nil }
            history.move(hello, to: history.healedAt - 100_000)
            history.move(index, to: history.healedAt - 50_000)
            history.flipResumed(index)
            return 1
        },
        Injection("gone without a plan", fails: "clients that never came back", count: \.stranded) { history, _ in
            let lost = history.vanished
            history.events.removeAll { if case .gaveUp = $0.kind { true } else { false } }
            return lost.isEmpty ? nil : lost.count
        },
        Injection(
            "a resume that takes 6 s at one node of a rolling restart", in: .rollingRestart, fails: "resume, p99",
            count: \.slowResumes
        ) { history, random in
            // The loss is moved back in time: the figure is what counts here.
            let lost = history.events.indices.filter {
                if case .socketLost(_, 1, _) = history.events[$0].kind {
                    history.events[$0].at > 8_000_000
                } else {
                    false
                }
            }
            guard let index = lost.randomElement(using: &random) else { return nil }
            history.move(index, to: history.events[index].at - 6_000_000)
            return 1
        },
    ]

    static let processes = [
        Injection(
            "peer-left two seconds late", fails: "peer-left at survivors, p99",
            count: \.lateDetections
        ) { history, _ in
            let leaves = history.leavesAtSurvivors
            for leave in leaves { history.move(leave.index, to: leave.at + 2_000_000) }
            return leaves.isEmpty ? nil : 1
        },
        Injection(
            "a cut-off node that says nothing", in: .partitionReset, fails: "cut-off nodes without the flag",
            count: \.silentlyDegraded
        ) { history, _ in
            history.events.removeAll { if case .degraded = $0.kind { true } else { false } }
            return 1
        },
        Injection(
            "a node that stays degraded", in: .redisFailover, fails: "nodes degraded at the end",
            count: \.stillDegraded
        ) { history, _ in
            history.events.removeAll { if case .degraded("node2", false) = $0.kind { true } else { false } }
            return 1
        },
        Injection(
            "an exit that takes 30 s", in: .rollingRestart, fails: "exit after SIGTERM",
            count: \.slowExits
        ) { history, random in
            let downs = history.events.indices.filter {
                if case .nodeDown = history.events[$0].kind { true } else { false }
            }
            guard let index = downs.last else { return nil }
            history.move(index, to: history.events[index].at + 25_000_000 + random.milliseconds(0...2000))
            return 1
        },
        Injection(
            "a round that nobody watched to its end", fails: "rounds not observed to the end", count: \.unsettledRounds
        ) { history, _ in
            history.events.removeAll { if case .settled = $0.kind { true } else { false } }
            return 1
        },
    ]
}

extension History {
    fileprivate func welcomes(resumed: Bool, after moment: Int64) -> [(Int, Client)] {
        events.indices.compactMap { index in
            guard case .joined(let client, _, _, _, resumed, _) = events[index].kind, events[index].at > moment else {
                return nil
            }
            return (index, client)
        }
    }

    fileprivate mutating func flipResumed(_ index: Int) {
        guard
            case .joined(let client, let connection, let room, let node, let resumed, let members) = events[index].kind
        else { return }
        events[index] = Event(
            at: events[index].at,
            .joined(
                client: client, connection: connection, room: room, node: node, resumed: !resumed, members: members))
    }
}

extension StepResult {
    fileprivate var slowResumes: Int { (resumeMs?.max ?? 0) > 5000 ? 1 : 0 }
    fileprivate var lateDetections: Int { (detectMs?.max ?? 0) > 6000 ? 1 : 0 }
    fileprivate var slowExits: Int { (exitMs?.max ?? 0) > 25_000 ? 1 : 0 }
}
