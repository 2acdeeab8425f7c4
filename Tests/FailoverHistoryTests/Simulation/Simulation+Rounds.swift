import FailoverHistory

private let second: Int64 = 1_000_000

extension Simulation {
    /// A whole run: everybody joins, the steps one after the other, an end without haste.
    static func history(seed: UInt64, steps: [Step], rooms: Int = 5) -> History {
        let run = Simulation(seed: seed, rooms: rooms)
        run.startTraffic()
        run.run(for: 3 * second)
        for (number, step) in steps.enumerated() { run.round(step, number) }
        run.run(for: 8 * second)
        return run.history
    }

    func round(_ step: Step, _ number: Int) {
        run(for: random.milliseconds(500...1500))
        measure()
        switch step {
        case .kill, .lateCommands: kill(aliveNode(), step, number)
        case .rollingRestart: return restartAll(step, number)
        case .shortPause: isolate(aliveNode(), by: .pause, for: 3 * second, step, number)
        case .longPause: isolate(aliveNode(), by: .pause, for: 12 * second, step, number)
        case .partitionDrop: isolate(aliveNode(), by: .partitionDrop, for: 20 * second, step, number)
        case .partitionReset: isolate(aliveNode(), by: .partitionReset, for: 20 * second, step, number)
        case .redisPause: redisAway(.redisPause, for: 8 * second, step, number)
        case .redisRestartEmpty: redisAway(.redisRestartEmpty, for: 2 * second, step, number)
        case .redisFlush: redisAway(.redisFlush, for: 0, step, number)
        case .redisFailover, .redisFailoverLagging, .redisFailoverRefused:
            redisAway(.redisFailover, for: 4 * second, step, number)
        case .edgeReload: reload(step, number)
        case .doubleKill:
            kill(aliveNode(), step, number)
            run(for: second / 2)
            kill(aliveNode(), step, number)
        case .killAndFailover:
            kill(aliveNode(), step, number)
            record(.fault(step: step, round: number, .redisFailover, nodes: []))
        }
        record(.healed(step: step, round: number))
        run(for: 13 * second)
        settle(step, number)
    }

    private func settle(_ step: Step, _ number: Int) {
        measure()
        for (room, clients) in rooms.enumerated() {
            let listed = clients.filter { members[$0]?.isMember == true }
            record(.audit(room: room, source: .redis, members: listed))
            for node in nodes where listed.contains(where: { isOn(node, $0) }) {
                record(.audit(room: room, source: .node(node), members: listed))
            }
        }
        record(.settled(step: step, round: number))
    }

    private func measure() {
        record(.redis(commands: Int(now / 50_000), cpuMicros: Int(now / 100)))
        for node in upNodes.sorted() {
            record(.sample(node: node, rssBytes: 20_000_000, cpuMicros: Int(now / 20), refences: 0))
        }
    }

    // MARK: Nodes

    private func kill(_ node: String, _ step: Step, _ number: Int) {
        record(.fault(step: step, round: number, .kill, nodes: [node]))
        let killedAt = now
        let sweptAt = killedAt + timing.lease - random.milliseconds(0...500) + random.milliseconds(20...500)
        upNodes.remove(node)
        let lost = clients(on: node)
        for client in lost {
            lose(client)
            let kind = Double.random(in: 0..<1, using: &random)
            if kind < 0.33 {
                members[client]?.hasGone = true
                record(.gaveUp(client: client, why: "the plan", planned: true))
            } else {
                let isLate = kind < 0.6
                let delay = isLate ? sweptAt - now + random.milliseconds(200...1500) : random.milliseconds(100...1400)
                comeBack(client, after: delay)
            }
        }
        after(5000) { self.record(.nodeDown(node: node)) }
        after(sweptAt - now) { [self] in
            for client in members.keys.sorted() where members[client]?.node == node { sweep(client) }
        }
        after(8 * second) { [self] in
            upNodes.insert(node)
            record(.nodeUp(node: node))
        }
    }

    private func sweep(_ client: Client) {
        guard members[client]?.isConnected == false else { return }
        remove(client, reason: .nodeLost)
    }

    private func comeBack(_ client: Client, after delay: Int64) {
        after(min(delay, 50_000)) { self.record(.resumeBegan(client: client)) }
        after(delay) { [self] in
            guard members[client]?.isConnected == false else { return }
            let room = room(of: client)
            let wanted = members[client]?.connection
            connect(client, room: room, resumed: true)
            // Its node may be lost before it answers: the next try is another connection.
            after(second / 2) { [self] in
                guard members[client]?.isConnected == false, members[client]?.connection == (wanted ?? 0) + 1 else {
                    return
                }
                comeBack(client, after: 50_000)
            }
        }
    }

    private func restartAll(_ step: Step, _ number: Int) {
        for node in nodes {
            record(.fault(step: step, round: number, .terminate, nodes: [node]))
            upNodes.remove(node)
            for client in clients(on: node) {
                after(3 * second + random.milliseconds(0...3000)) { [self] in
                    lose(client, code: 1012)
                    comeBack(client, after: random.milliseconds(100...2000))
                }
            }
            run(for: 8 * second)
            record(.nodeDown(node: node))
            run(for: second)
            upNodes.insert(node)
            record(.nodeUp(node: node))
        }
        record(.healed(step: step, round: number))
        run(for: 10 * second)
        settle(step, number)
    }

    private func isolate(_ node: String, by fault: Fault, for duration: Int64, _ step: Step, _ number: Int) {
        record(.fault(step: step, round: number, fault, nodes: [node]))
        isolated.insert(node)
        if fault == .pause { stopped.insert(node) }
        let away = clients(on: node)
        if fault != .pause { after(second) { self.record(.degraded(node: node, isDegraded: true)) } }
        if duration > timing.lease {
            after(timing.lease + random.milliseconds(0...400)) { [self] in
                for client in away { remove(client, reason: .nodeLost, except: node) }
            }
        }
        run(for: duration)
        isolated.remove(node)
        stopped.remove(node)
        let backAfter = random.milliseconds(100...600)
        after(backAfter) { [self] in
            if fault != .pause { record(.degraded(node: node, isDegraded: false)) }
            for client in away where members[client]?.isMember == false {
                members[client]?.isMember = true
                tellMates(of: client, except: node) { .sawJoin(client: $0, peer: client) }
            }
            for pair in queues.keys.sorted() { advance(pair) }
        }
    }

    private func reload(_ step: Step, _ number: Int) {
        record(.fault(step: step, round: number, .edgeReload, nodes: ["node1"]))
        for clients in rooms where random.chance(0.3) {
            for client in clients where members[client]?.isConnected == true {
                lose(client)
                comeBack(client, after: random.milliseconds(100...800))
            }
        }
    }

    // MARK: Redis

    private func redisAway(_ fault: Fault, for duration: Int64, _ step: Step, _ number: Int) {
        // Some are away when it happens, and come back when it is over.
        let hidden = members.keys.sorted().filter { members[$0]?.isConnected == true && random.chance(0.2) }
        for client in hidden { lose(client, code: 1001) }
        run(for: 2 * second)
        record(.fault(step: step, round: number, fault, nodes: []))
        if duration > 0 {
            isRedisAway = true
            for node in nodes { after(1_200_000) { self.record(.degraded(node: node, isDegraded: true)) } }
            run(for: duration)
            isRedisAway = false
            for node in nodes { after(400_000) { self.record(.degraded(node: node, isDegraded: false)) } }
            for pair in queues.keys.sorted() { advance(pair) }
        }
        for client in hidden { comeBack(client, after: random.milliseconds(100...1400)) }
    }
}
