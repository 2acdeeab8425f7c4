import FailoverHistory

extension Injection {
    static let presence = [
        Injection("a leave that one observer never hears of", fails: "ghosts", count: \.ghosts) { history, random in
            guard let leave = history.leavesAtSurvivors.randomElement(using: &random) else { return nil }
            history.events.remove(at: leave.index)
            return 1
        },
        Injection("a lost member that stays in Redis", fails: "ghosts", count: \.ghosts) { history, random in
            guard let ghost = history.vanished.randomElement(using: &random),
                let room = history.room(of: ghost)
            else { return nil }
            for index in history.events.indices {
                guard case .audit(room, .redis, let members) = history.events[index].kind else { continue }
                history.events[index] = Event(
                    at: history.events[index].at, .audit(room: room, source: .redis, members: members + [ghost]))
            }
            return 1
        },
        Injection("a name in Redis that nobody gave", fails: "ghosts", count: \.ghosts) { history, _ in
            history.append(
                .audit(room: 0, source: .redis, members: history.membersOfRoomZero + [.stranger]),
                at: history.settledAt - 1)
            return 1
        },
        Injection("a view that drops a living member", fails: "members missing", count: \.missing) { history, random in
            guard let (observer, peer) = history.steadyPairs.randomElement(using: &random) else { return nil }
            let others = history.steadyPairs.filter { $0.0 == observer && $0.1 != peer }.map(\.1)
            let listed = others + history.returned(in: history.room(of: observer))
            history.append(.sawMembers(client: observer, members: listed), at: history.settledAt - 1_000_000)
            return 1
        },
        Injection("a living member that Redis forgot", fails: "members missing", count: \.missing) { history, random in
            guard let lost = history.steadyClients.randomElement(using: &random), let room = history.room(of: lost)
            else { return nil }
            for index in history.events.indices {
                guard case .audit(room, .redis, let members) = history.events[index].kind else { continue }
                history.events[index] = Event(
                    at: history.events[index].at,
                    .audit(room: room, source: .redis, members: members.filter { $0 != lost }))
            }
            return 1
        },
        Injection("a leave of one who never lost its socket", fails: "false peer-left", count: \.falseLeaves) {
            history, random in
            guard let (observer, peer) = history.steadyPairs.randomElement(using: &random) else { return nil }
            let at = history.faultAt + random.milliseconds(0...8000)
            history.append(.sawLeave(client: observer, peer: peer, reason: .nodeLost), at: at)
            history.append(.sawJoin(client: observer, peer: peer), at: at + 100_000)
            return 1
        },
        Injection("a leave of one who resumed in time", fails: "false peer-left", count: \.falseLeaves) {
            history, random in
            guard let (observer, peer, welcomedAt) = history.resumedMate(&random) else { return nil }
            history.append(
                .sawLeave(client: observer, peer: peer, reason: .timeout), at: welcomedAt - random.milliseconds(0...50))
            history.append(.sawJoin(client: observer, peer: peer), at: welcomedAt + 1000)
            return 1
        },
        Injection("a sweep before the lease is over", fails: "false peer-left", count: \.falseLeaves) {
            history, _ in
            let leaves = history.leaves(of: history.vanished)
            for leave in leaves { history.move(leave.index, to: history.faultAt + 2_000_000) }
            return leaves.isEmpty ? nil : leaves.count
        },
        Injection("a leave told twice", fails: "peer-left more than once", count: \.doubleLeaves) { history, random in
            guard let leave = history.leavesAtSurvivors.randomElement(using: &random) else { return nil }
            history.append(history.events[leave.index].kind, at: leave.at + random.milliseconds(1...3000))
            return 1
        },
        Injection("a join told twice", fails: "peer-joined more than once", count: \.doubleJoins) { history, random in
            guard let (observer, peer) = history.steadyPairs.randomElement(using: &random) else { return nil }
            history.append(.sawJoin(client: observer, peer: peer), at: history.faultAt + random.milliseconds(0...9000))
            return 1
        },
        Injection(
            "a leave seen in a rolling restart", in: .rollingRestart, fails: "peer-left seen by clients",
            count: \.visibleLeaves
        ) { history, random in
            guard let (observer, peer, welcomedAt) = history.resumedMate(&random) else { return nil }
            history.append(.sawLeave(client: observer, peer: peer, reason: .left), at: welcomedAt - 10_000)
            history.append(.sawJoin(client: observer, peer: peer), at: welcomedAt + 1000)
            return 1
        },
        Injection(
            "a view wrong for 5 s after Redis is back", in: .redisPause, fails: "views wrong after the return",
            count: \.secondsOfDivergence
        ) { history, random in
            guard let (observer, peer) = history.steadyPairs.randomElement(using: &random) else { return nil }
            let others = history.mates(of: observer).filter { $0 != peer }
            let at = history.healedAt
            history.append(.sawMembers(client: observer, members: others), at: at + 100_000)
            history.append(.sawMembers(client: observer, members: others + [peer]), at: at + 5_200_000)
            return 5
        },
    ]
}

extension History {
    fileprivate var membersOfRoomZero: [Client] {
        for event in events { if case .audit(0, .redis, let members) = event.kind { return members } }
        return []
    }

    /// Clients of a room that lost their socket and live.
    fileprivate func returned(in room: Int?) -> [Client] {
        let steady = Set(steadyClients)
        for event in events {
            if case .audit(room, .redis, let members) = event.kind { return members.filter { !steady.contains($0) } }
        }
        return []
    }

    /// A steady observer that listed a client which was then resumed, and when.
    fileprivate func resumedMate(_ random: inout SeededRandom) -> (Client, Client, Int64)? {
        let listed = events.compactMap { event -> (Client, Client, Int64)? in
            guard case .joined(let peer, _, let room, _, true, let members) = event.kind,
                let observer = members.first(where: {
                    self.room(of: $0) == room && isConnected($0, from: event.at - 100_000, to: event.at + 100_000)
                })
            else { return nil }
            return (observer, peer, event.at)
        }
        return listed.randomElement(using: &random)
    }

    private func isConnected(_ client: Client, from: Int64, to: Int64) -> Bool {
        var isIn = false
        for event in events.sorted(by: { $0.at < $1.at }) where event.at <= to {
            switch event.kind {
            case .joined(client, _, _, _, _, _):
                if event.at > from { return false }
                isIn = true
            case .socketLost(client, _, _), .gaveUp(client, _, _): isIn = false
            default: continue
            }
        }
        return isIn
    }
}

extension StepResult {
    fileprivate var secondsOfDivergence: Int { Int(maxDivergenceMs / 1000) }
}
