import SignalDomain

@testable import Backplane

/// Clients of dialect 2 and their letters.
extension Model {
    private func name(_ peer: Int) -> PeerID { BackplaneTests.peer(Self.names[peer]) }

    private func client(_ peer: Int) -> SimClient? { cluster.clients[name(peer)] }

    mutating func seat(_ peer: Int, at node: Int) {
        cluster.dial(Self.names[peer], at: node)
        cluster.settle()
        cluster.listen(name(peer))
    }

    // MARK: What may happen

    /// Steps that clients and timers take.
    var letterSteps: [Step] {
        var steps: [Step] = []
        for peer in 0..<peers {
            guard let client = client(peer), let socket = client.socket else { continue }
            if cluster.hasToListen(client) { steps.append(.listen(peer: peer)) }
            if !cluster.holds(socket.connection) {
                steps.append(.cut(peer: peer, hasRead: true))
                if !client.wire.isEmpty { steps.append(.cut(peer: peer, hasRead: false)) }
            }
        }
        for (index, node) in cluster.nodes.enumerated() where node.isRunning && !node.isPaused {
            if !cluster.abandoned(at: index).isEmpty { steps.append(.notice(index)) }
            let delivery = node.machine.delivery
            if delivery.isLive, delivery.confirmations.hasCollected { steps.append(.confirm(index)) }
            if delivery.isLive, hasCopies(.here, node) { steps.append(.spill(index)) }
        }
        return steps
    }

    /// A copy that is not taken is submitted again while its room settles, and nobody waits for the absent for ever.
    var lateLetterSteps: [Step] {
        var steps: [Step] = []
        for (index, node) in cluster.nodes.enumerated() where node.isRunning && !node.isPaused {
            if node.machine.delivery.isLive, hasCopies(.waiting, node) { steps.append(.retry(index)) }
            if !node.machine.away.isEmpty { steps.append(.giveUp(index)) }
        }
        return steps
    }

    private func hasCopies(_ state: Copy.State, _ node: SimCluster.Node) -> Bool {
        let delivery = node.machine.delivery
        return delivery.copies.all.contains { number in
            guard let copy = delivery.copies[number], copy.state == state else { return false }
            if state == .here, delivery.residents[copy.pair.target] == nil { return false }
            return !delivery.closedRooms.contains(copy.pair.room)
        }
    }

    /// Letters wait for a room that the membership does not follow any more.
    func hasForgottenRoom(_ node: SimCluster.Node) -> Bool {
        let machine = node.machine
        return machine.isBusy && machine.delivery.closedRooms.contains { machine.membership.isReadable($0) }
    }

    /// What clients may do next.
    var clientSteps: [Step] {
        var steps: [Step] = []
        for peer in 0..<peers {
            let client = client(peer)
            if let client, let socket = client.socket {
                if budget.losses > 0, cluster.holds(socket.connection) {
                    steps.append(.lose(peer: peer, hasRead: true))
                    if !client.wire.isEmpty { steps.append(.lose(peer: peer, hasRead: false)) }
                }
                if client.isWelcomed {
                    if budget.leaves > 0 { steps.append(.retire(peer: peer)) }
                    if budget.sends > 0 {
                        for other in 0..<peers where other != peer { steps.append(.send(from: peer, to: other)) }
                    }
                }
            }
            for (index, node) in cluster.nodes.enumerated() where node.isRunning && !node.isPaused {
                if budget.joins > 0, client?.socket == nil { steps.append(.dial(peer: peer, node: index, anew: false)) }
                if budget.reloads > 0, client?.isOver == false {
                    steps.append(.dial(peer: peer, node: index, anew: true))
                }
            }
        }
        if budget.timeouts > 0 {
            for (index, node) in cluster.nodes.enumerated()
            where node.isRunning && !node.isPaused && node.machine.isBusy {
                steps.append(.timeOut(index))
            }
        }
        return steps
    }

    // MARK: What happens

    mutating func takeLetterStep(_ step: Step) {
        switch step {
        case .listen(let peer): cluster.listen(name(peer))
        case .notice(let index):
            if let connection = cluster.abandoned(at: index).first { cluster.notice(connection, at: index) }
        case .spill(let index): cluster.spill(index)
        case .confirm(let index): cluster.flushConfirmations(index)
        case .retry(let index): cluster.retry(index)
        case .giveUp(let index): cluster.endWindows(at: index)
        case .cut(let peer, let hasRead): cluster.lose(name(peer), hasRead: hasRead)
        case .lose(let peer, let hasRead):
            budget.losses -= 1
            cluster.lose(name(peer), hasRead: hasRead)
        case .send(let peer, let other):
            budget.sends -= 1
            cluster.send(from: name(peer), to: name(other))
        case .dial(let peer, let index, let anew):
            if anew { budget.reloads -= 1 } else { budget.joins -= 1 }
            cluster.dial(Self.names[peer], at: index, anew: anew)
        case .retire(let peer):
            budget.leaves -= 1
            cluster.retire(name(peer))
        case .timeOut(let index):
            budget.timeouts -= 1
            cluster.timeOut(index)
        default: preconditionFailure("not a step of letters: \(step)")
        }
    }
}
