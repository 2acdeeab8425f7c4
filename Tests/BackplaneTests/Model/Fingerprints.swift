import SignalDomain

@testable import Backplane

/// What makes two clusters the same one: everything that can have a say in what happens later.
extension SimCluster {
    func hash(into hasher: inout Hasher) {
        hasher.combine(shared.contentHash)
        hasher.combine(now)
        hasher.combine(drift)
        hasher.combine(lapsed)
        hasher.combine(mournedAlive)
        hasher.combine(displaced)
        hasher.combine(wronged)
        for node in nodes { node.hash(into: &hasher) }
    }
}

extension SimCluster.Node {
    fileprivate func hash(into hasher: inout Hasher) {
        hasher.combine(isRunning)
        hasher.combine(isLinked)
        hasher.combine(isPaused)
        hasher.combine(commands)
        for (command, reply, generation) in replies {
            hasher.combine(command)
            hasher.combine(reply)
            hasher.combine(generation == self.generation)
        }
        hasher.combine(inbox.count)
        for frame in inbox { frame.hash(into: &hasher) }
        hasher.combine(open)
        hasher.combine(waiting)
        if isRunning { machine.hash(into: &hasher) }
    }
}

extension InboxFrame {
    fileprivate func hash(into hasher: inout Hasher) {
        switch self {
        case .joined(let room, let version, let peer, let record):
            hasher.combine(0)
            hasher.combine(room)
            hasher.combine(version)
            hasher.combine(peer)
            hasher.combine(record)
        case .left(let room, let version, let peer, let departure):
            hasher.combine(1)
            hasher.combine(room)
            hasher.combine(version)
            hasher.combine(peer)
            hasher.combine(departure)
        case .broadcast: hasher.combine(2)
        case .directed(let room, let peer, let payload):
            hasher.combine(5)
            hasher.combine(room)
            hasher.combine(peer)
            hasher.combine(payload)
        case .letter(let room, let peer, let session, let entry):
            hasher.combine(6)
            hasher.combine(room)
            hasher.combine(peer)
            hasher.combine(session)
            hasher.combine(entry)
        case .confirmed(let numbers, let level):
            hasher.combine(7)
            hasher.combine(numbers)
            hasher.combine(level)
        case .undeliverable(let number, let reason):
            hasher.combine(8)
            hasher.combine(number)
            hasher.combine(reason)
        case .dead(let node):
            hasher.combine(3)
            hasher.combine(node)
        case .echo(let sequence):
            hasher.combine(4)
            hasher.combine(sequence)
        }
    }
}

extension Membership {
    fileprivate func hash(into hasher: inout Hasher) {
        hasher.combine(node)
        hasher.combine(previous)
        hasher.combine(life)
        hasher.combine(hasLease)
        hasher.combine(wasReady)
        hasher.combine(epoch)
        hasher.combine(rooms)
        hasher.combine(departed)
        hasher.combine(settlesAt)
        hasher.combine(beatsSent)
        hasher.combine(beatsEchoed)
        hasher.combine(beatInFlight)
        hasher.combine(repairs)
        hasher.combine(sweeps)
    }
}

extension SharedState {
    /// The time of the last heartbeat is left out: the clock of a model stands still between absences.
    var contentHash: Int {
        var hasher = Hasher()
        hasher.combine(epoch)
        hasher.combine(live)
        hasher.combine(dead)
        hasher.combine(index)
        for (node, claim) in claims.sorted(by: { $0.key < $1.key }) {
            hasher.combine(node)
            hasher.combine(claim.by)
            hasher.combine(claim.untilMs)
        }
        hasher.combine(rooms)
        hasher.combine(announced)
        hasher.combine(inboxes)
        return hasher.finalize()
    }
}
