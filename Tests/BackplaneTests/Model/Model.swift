import SignalDomain

@testable import Backplane

/// A cluster with everything that may happen to it next. Time stands still: what it would bring are steps of their own.
struct Model {
    static let names = ["ann", "bob", "cid"]
    static let room = try! RoomKey(namespace: "model", room: "r")  // a constant valid name

    var cluster: SimCluster
    var budget: Budget
    let peers: Int
    /// Whether a peer keeps one session over all its connections (dialect 2) or opens a new one each time (dialect 1).
    let resumes: Bool
    /// The data before the last write, for a failover that loses it.
    private var beforeWrite: SharedState?
    /// Whether peers are clients that send letters.
    let hasLetters: Bool
    /// Only faults that say this count, if it is not empty.
    var looksFor = ""

    /// `seats` names the node that each peer is on at first; the cluster is at rest then.
    init(
        nodes: Int = 2, seats: [Int?], budget: Budget, guards: Guards = .all, resumes: Bool = false,
        lateReplies: Bool = false, letters: Bool = false
    ) {
        cluster = SimCluster(nodes: nodes, guards: guards)
        cluster.keepsHistory = false
        cluster.keepsReplies = lateReplies
        self.budget = budget
        self.resumes = resumes
        hasLetters = letters
        peers = seats.count
        cluster.room = Self.room
        for (peer, node) in seats.enumerated() {
            if let node, letters {
                seat(peer, at: node)
            } else if let node {
                cluster.join(Self.names[peer], Self.room, at: node, resumes: resumes)
            }
            cluster.settle()
        }
        for index in cluster.nodes.indices { normalise(index) }
    }

    // MARK: What may happen

    /// Steps of the protocol; none means that the cluster is at rest.
    var protocolSteps: [Step] {
        var steps: [Step] = []
        for (index, node) in cluster.nodes.enumerated() {
            if !node.commands.isEmpty { steps.append(.execute(index)) }
            if !orphanLeases(of: index).isEmpty { steps.append(.expire(index)) }
            guard node.isRunning else {
                if !node.commands.isEmpty { steps.append(.vanish(index)) }
                continue
            }
            guard !node.isPaused else {
                steps.append(.resume(index))
                continue
            }
            if !node.replies.isEmpty { steps.append(.reply(index)) }
            if !node.inbox.isEmpty { steps.append(.read(index)) }
            if !node.isLinked { steps.append(.link(index)) }
            if needsBeat(node) { steps.append(.beat(index)) }
            if node.commands.isEmpty, node.replies.isEmpty, hasGap(node) { steps.append(.gap(index)) }
        }
        if cluster.shared.claims.values.contains(where: isAbandoned) { steps.append(.releaseClaims) }
        return hasLetters ? steps + letterSteps : steps
    }

    /// What only the end of all other steps brings.
    var lateSteps: [Step] { (isSettling ? [.settle] : []) + (hasLetters ? lateLetterSteps : []) }

    var isSettling: Bool { cluster.nodes.contains { $0.isRunning && $0.machine.membership.settlesAt != nil } }

    /// Without a node nobody can repair anything.
    var hasSurvivor: Bool { cluster.nodes.contains(where: \.isRunning) }

    /// Steps of the world.
    var worldSteps: [Step] {
        var steps: [Step] = []
        for (index, node) in cluster.nodes.enumerated() {
            if !node.isRunning {
                if budget.starts > 0 { steps.append(.start(index)) }
                continue
            }
            if node.isPaused || !node.isLinked, budget.lapses > 0, isLeaseOpen(node.machine.node) {
                steps.append(.lapse(index))
            }
            if budget.kills > 0 { steps.append(.kill(index)) }
            if node.isLinked, budget.unlinks > 0 {
                steps.append(.unlink(index, inFlightRuns: false))
                if !node.commands.isEmpty { steps.append(.unlink(index, inFlightRuns: true)) }
            }
            guard !node.isPaused else { continue }
            if budget.pauses > 0 { steps.append(.pause(index)) }
            for peer in 0..<peers where !hasLetters {
                if budget.joins > 0 { steps.append(.join(peer: peer, node: index)) }
                if budget.leaves > 0, connection(of: peer, at: node) != nil {
                    steps.append(.leave(peer: peer, node: index))
                }
            }
        }
        if budget.flushes > 0 { steps.append(.flush) }
        if budget.failovers > 0, beforeWrite != nil { steps.append(.failover) }
        if budget.absences > 0 { steps.append(.absence) }
        return hasLetters ? steps + clientSteps : steps
    }

    func mayTake(_ step: Step) -> Bool {
        let steps = protocolSteps
        return steps.contains(step) || worldSteps.contains(step) || steps.isEmpty && lateSteps.contains(step)
    }

    private func isLeaseOpen(_ nid: NodeInstance) -> Bool { cluster.shared.live[nid].map { $0 > cluster.now } ?? false }

    /// Leases of earlier lives of a node, or of a dead one.
    private func orphanLeases(of index: Int) -> [NodeInstance] {
        let node = cluster.nodes[index]
        return cluster.shared.live.keys.filter { nid in
            nid.bits & 0xFF == UInt64(index + 1) && isLeaseOpen(nid) && !(node.isRunning && nid == node.machine.node)
        }
    }

    private func isAbandoned(_ claim: (by: NodeInstance, untilMs: Int64)) -> Bool {
        claim.untilMs > cluster.now && !cluster.nodes.contains { $0.isRunning && $0.machine.node == claim.by }
    }

    private func hasGap(_ node: SimCluster.Node) -> Bool {
        node.machine.membership.life == .live
            && node.machine.membership.rooms.values.contains { $0.view.gapSince != nil && !$0.view.isSyncing }
    }

    /// A heartbeat matters when it can change or teach anything.
    private func needsBeat(_ node: SimCluster.Node) -> Bool {
        let machine = node.machine.membership
        guard machine.life == .live, !machine.beatInFlight, machine.beatsSent == machine.beatsEchoed,
            node.commands.isEmpty, node.replies.isEmpty
        else { return false }
        let shared = cluster.shared
        if shared.live[machine.node] == nil || shared.epoch != machine.epoch { return true }
        if shared.live.values.contains(where: { $0 <= cluster.now }) { return true }
        if hasLetters, hasForgottenRoom(node) { return true }
        return shared.dead.keys.contains { dead in
            guard let sweep = machine.sweeps[dead] else { return true }
            if sweep.isWalking || sweep.claimInFlight { return false }
            guard let claim = shared.claims[dead] else { return true }
            return claim.by == machine.node || claim.untilMs <= cluster.now
        }
    }

    private func connection(of peer: Int, at node: SimCluster.Node) -> ConnectionID? {
        let all = node.open.union(node.waiting.values).filter { $0.peer.text == Self.names[peer] }
        return all.map(\.connection).min { $0.bits < $1.bits }
    }

    // MARK: What happens

    mutating func take(_ step: Step) {
        switch step {
        case .execute(let index): execute(index)
        case .reply(let index): cluster.replyNext(of: index)
        case .read(let index): cluster.readNext(of: index)
        case .link(let index): cluster.link(index)
        case .beat(let index): cluster.tick(index)
        case .gap(let index):
            cluster.tick(index, at: cluster.now + cluster.nodes[index].machine.membership.timings.heartbeatMs)
        case .resume(let index): cluster.nodes[index].isPaused = false
        case .expire(let index):
            for nid in orphanLeases(of: index) {
                cluster.lapsed.insert(nid)
                cluster.shared.live[nid] = cluster.now
            }
        case .vanish(let index): cluster.nodes[index].commands = []
        case .releaseClaims:
            for (dead, claim) in cluster.shared.claims where isAbandoned(claim) { cluster.shared.claims[dead] = nil }
        case .settle:
            for index in cluster.nodes.indices where cluster.nodes[index].isRunning {
                if let end = cluster.nodes[index].machine.membership.settlesAt { cluster.tick(index, at: end) }
            }
        case .join(let peer, let index):
            budget.joins -= 1
            cluster.join(Self.names[peer], Self.room, at: index, resumes: resumes)
        case .leave(let peer, let index):
            budget.leaves -= 1
            if let connection = connection(of: peer, at: cluster.nodes[index]) { cluster.leave(connection, at: index) }
        case .kill(let index):
            budget.kills -= 1
            cluster.kill(index, inFlightWaits: true)
        case .start(let index):
            budget.starts -= 1
            cluster.start(index)
        case .pause(let index):
            budget.pauses -= 1
            cluster.nodes[index].isPaused = true
        case .lapse(let index):
            budget.lapses -= 1
            let nid = cluster.nodes[index].machine.node
            cluster.lapsed.insert(nid)
            cluster.shared.live[nid] = cluster.now
        case .unlink(let index, let inFlightRuns):
            budget.unlinks -= 1
            cluster.unlink(index, inFlightRun: inFlightRuns)
        case .flush:
            budget.flushes -= 1
            cluster.flush()
        case .failover:
            budget.failovers -= 1
            if let beforeWrite { cluster.shared = beforeWrite }
            beforeWrite = nil
            cluster.noteLoss()
            for index in cluster.nodes.indices { cluster.unlink(index) }
        case .absence:
            budget.absences -= 1
            for index in cluster.nodes.indices { cluster.unlink(index) }
            cluster.now += 8_000
        default: takeLetterStep(step)
        }
        for index in cluster.nodes.indices { normalise(index) }
    }

    private mutating func execute(_ index: Int) {
        let before = budget.failovers > 0 ? cluster.shared : nil
        cluster.executeNext(of: index)
        if let before, before.contentHash != cluster.shared.contentHash { beforeWrite = before }
    }

    /// Echoes arrive at once, and heartbeats that are over leave no number behind: neither changes what can happen.
    private mutating func normalise(_ index: Int) {
        guard cluster.nodes[index].isRunning else { return }
        cluster.readEchoes(of: index)
        if !cluster.nodes[index].machine.membership.beatInFlight,
            cluster.nodes[index].machine.membership.beatsSent == cluster.nodes[index].machine.membership.beatsEchoed
        {
            cluster.nodes[index].machine.membership.beatsSent = 0
            cluster.nodes[index].machine.membership.beatsEchoed = 0
        }
    }

    // MARK: Verdict

    /// What is wrong with a model at rest.
    var faults: [String] { cluster.faults(rooms: [Self.room]).filter(counts) }

    /// A wrong that no later step can make good.
    var alarms: [String] {
        cluster.wronged.map { "the newest connection \($0) gave way to an older one" }
            + cluster.wrongs.filter(counts).sorted()
    }

    private func counts(_ fault: String) -> Bool { looksFor.isEmpty || fault.contains(looksFor) }

    var fingerprint: Int {
        var hasher = Hasher()
        cluster.hash(into: &hasher)
        hasher.combine(budget)
        hasher.combine(beforeWrite?.contentHash)
        return hasher.finalize()
    }
}
