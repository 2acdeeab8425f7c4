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
        hasher.combine(clients)
        hasher.combine(ended)
        hasher.combine(wrongs)
        hasher.combine(hasLostData)
        hasher.combine(late)
        hasher.combine(reported)
        hasher.combine(hasBeenCut && !clients.isEmpty)
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
        hasher.combine(inbox)
        hasher.combine(open)
        hasher.combine(waiting)
        guard isRunning else { return }
        machine.membership.hash(into: &hasher)
        for (room, watch) in machine.rosters.sorted(by: { $0.key.text < $1.key.text }) {
            hasher.combine(room)
            hasher.combine(watch.roster?.entries)
            hasher.combine(watch.watchers)
            hasher.combine(watch.arrivals)
        }
        guard open.union(waiting.values).contains(where: { !$0.isLegacy }) || machine.isBusy else { return }
        machine.delivery.hash(into: &hasher)
        hasher.combine(machine.joins)
        hasher.combine(machine.away)
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
