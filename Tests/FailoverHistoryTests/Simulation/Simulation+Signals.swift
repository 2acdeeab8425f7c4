import FailoverHistory

struct Pair: Hashable, Comparable {
    let from: Client
    let to: Client

    static func < (a: Pair, b: Pair) -> Bool { (a.from, a.to) < (b.from, b.to) }
}

struct QueuedSignal {
    let id: Int
    var hasSurfaced = false
    var isStored = false
    var isUnderWay = false
}

extension Simulation {
    /// Every client signals a mate about every two seconds, for ever.
    func startTraffic() {
        for client in members.keys.sorted() { after(random.milliseconds(900...1900)) { self.chat(client) } }
    }

    private func chat(_ client: Client) {
        guard let member = members[client], !member.hasGone else { return }
        after(random.milliseconds(1400...2600)) { self.chat(client) }
        guard member.isConnected, !stopped.contains(member.node) else { return }
        let mates = mates(of: client).filter { members[$0]?.isMember == true }
        guard let mate = mates.randomElement(using: &random) else { return }
        members[client]?.lastID += 2
        let id = member.lastID + 2
        record(.sent(client: client, id: id, to: mate))
        let pair = Pair(from: client, to: mate)
        queues[pair, default: []].append(QueuedSignal(id: id))
        advance(pair)
        gossip(client, to: mate, number: id + 1)
    }

    /// A best-effort signal: arrives when both sit on one living node or can reach each other, else never.
    private func gossip(_ client: Client, to mate: Client, number: Int) {
        record(.bestEffortSent(client: client, number: number, to: mate))
        guard isReachable(mate, from: client) else { return }
        let connection = members[mate]?.connection
        after(1500) { [self] in
            guard members[mate]?.connection == connection, members[mate]?.isConnected == true else { return }
            record(.bestEffortArrived(client: mate, from: client, number: number))
        }
    }

    private func isReachable(_ mate: Client, from client: Client) -> Bool {
        guard let a = members[client], let b = members[mate], a.isConnected, b.isConnected,
            !stopped.contains(a.node), !stopped.contains(b.node)
        else { return false }
        return a.node == b.node || (!isRedisAway && !isolated.contains(a.node) && !isolated.contains(b.node))
    }

    private func isCutOff(_ client: Client) -> Bool {
        isRedisAway || (members[client].map { isolated.contains($0.node) } ?? false)
    }

    /// Moves the oldest signal of a pair on, as far as the world lets it.
    func advance(_ pair: Pair) {
        guard let signal = queues[pair]?.first, !signal.isUnderWay, let sender = members[pair.from],
            sender.isConnected, !stopped.contains(sender.node), let receiver = members[pair.to]
        else { return }
        if isReachable(pair.to, from: pair.from) {
            fly(pair, signal)
        } else if !receiver.isMember {
            finish(pair, signal.isStored ? .undeliverable(reason: "node-lost") : .nack(code: "not_found"))
        } else if sender.node != receiver.node, isCutOff(pair.from), !signal.isStored {
            finish(pair, .nack(code: "degraded"))
        } else if !signal.isStored, !isCutOff(pair.from) {
            queues[pair]?[0].isStored = true
            after(1000) { self.tellSender(pair, signal.id, .stored) }
        }
    }

    private func fly(_ pair: Pair, _ signal: QueuedSignal) {
        queues[pair]?[0].isUnderWay = true
        let connections = (members[pair.from]?.connection, members[pair.to]?.connection)
        after(random.milliseconds(1...6)) { [self] in
            queues[pair]?[0].isUnderWay = false
            guard members[pair.to]?.connection == connections.1, isReachable(pair.to, from: pair.from) else {
                return advance(pair)
            }
            record(.arrived(client: pair.to, from: pair.from, id: signal.id, isRepeat: signal.hasSurfaced))
            queues[pair]?[0].hasSurfaced = true
            queues[pair]?[0].isUnderWay = true
            after(1000) { [self] in
                queues[pair]?[0].isUnderWay = false
                // Without its outcome the sender sends again after its next welcome.
                guard members[pair.from]?.connection == connections.0, members[pair.from]?.isConnected == true else {
                    return advance(pair)
                }
                finish(pair, .received)
            }
        }
    }

    func fail(_ pair: Pair, reason: String) {
        while let signal = queues[pair]?.first, signal.isStored, !signal.isUnderWay {
            guard members[pair.from]?.isConnected == true else { return }
            finish(pair, .undeliverable(reason: reason))
        }
        advance(pair)
    }

    private func finish(_ pair: Pair, _ outcome: Outcome) {
        guard let signal = queues[pair]?.first else { return }
        queues[pair]?.removeFirst()
        tellSender(pair, signal.id, outcome)
        advance(pair)
    }

    private func tellSender(_ pair: Pair, _ id: Int, _ outcome: Outcome) {
        guard members[pair.from]?.isConnected == true else { return }
        record(.outcome(client: pair.from, id: id, to: pair.to, outcome))
    }
}
