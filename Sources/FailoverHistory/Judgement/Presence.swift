/// What the clients' views of their rooms show of each round.
struct PresenceTally: Sendable {
    var falseLeaves = 0
    var doubleLeaves = 0
    var doubleJoins = 0
    /// `peer-left` of clients that did not mean to go.
    var visibleLeaves = 0
    var leaves = 0
    var ghosts: Set<Client> = []
    var missing: Set<Client> = []
    var detections: [Sample] = []
    var maxDivergence: Int64 = 0
}

/// Follows the view of every client and holds it against the truth.
struct PresenceJudge: Sendable {
    private let truth: Truth
    private(set) var tallies: [PresenceTally]
    private(set) var findings = Findings()
    private var views: [Client: View] = [:]

    init(truth: Truth) {
        self.truth = truth
        tallies = Array(repeating: PresenceTally(), count: truth.world.rounds.count)
    }

    /// - Parameter events: in order of time.
    mutating func judge(_ events: [Event]) {
        for event in events { read(event) }
        for (observer, view) in views { measureDivergence(of: observer, view: view.closed(at: truth.world.end)) }
    }

    private mutating func read(_ event: Event) {
        let at = event.at
        switch event.kind {
        case .joined(let client, let connection, _, let node, _, let members):
            views[client, default: View()].welcome(connection, node: node, members: members, at: at)
        case .socketLost(let client, let connection, _): views[client]?.lose(connection, at: at)
        case .leftOnPurpose(let client), .gaveUp(let client, _, _): views[client]?.loseAll(at: at)
        case .sawMembers(let client, let members): views[client]?.replace(with: members, at: at)
        case .sawJoin(let client, let peer):
            guard peer != client, views[client]?.add(peer, at: at) == false else { return }
            note(.doubleJoin, at: at, "\(client) saw \(peer) join twice") { $0.doubleJoins += 1 }
        case .sawLeave(let client, let peer, let reason): sawLeave(client, peer, reason, at: at)
        case .settled: judgeViews(at: at)
        case .audit(let room, let source, let members): judgeAudit(room, source, Set(members), at: at)
        default: return
        }
    }

    // MARK: Leaves

    private mutating func sawLeave(_ observer: Client, _ peer: Client, _ reason: LeaveReason, at: Int64) {
        guard var view = views[observer] else { return }
        defer { views[observer] = view }
        let isPlanned = truth.lives[peer]?.incarnation(at: at).map(\.isMeantToGo) ?? true
        tally(at: at) {
            $0.leaves += 1
            if !isPlanned { $0.visibleLeaves += 1 }
        }
        guard view.remove(peer, at: at) else {
            note(.doubleLeave, at: at, "\(observer) saw \(peer) leave (\(reason.rawValue)) without its being there") {
                $0.doubleLeaves += 1
            }
            return
        }
        guard reason == .left || reason == .timeout || reason == .nodeLost else { return }
        let departures = truth.memberships[peer]?.departures ?? []
        let match = departures.indices.first {
            view.used[peer]?.contains($0) != true && isSightable(departures[$0], by: observer, on: view.node, at: at)
        }
        guard let match else {
            note(.falseLeave, at: at, "\(observer) saw \(peer) leave (\(reason.rawValue)) although it had not left") {
                $0.falseLeaves += 1
            }
            return
        }
        view.used[peer, default: []].insert(match)
        if let lostAt = departures[match].nodeLostAt, let since = view.connectedSince, since <= lostAt {
            tally(at: lostAt) { $0.detections.append(Sample(at: at, duration: at - lostAt)) }
        }
    }

    private func isSightable(_ departure: Departure, by observer: Client, on node: String?, at: Int64) -> Bool {
        guard at >= departure.sightable.lowerBound, departure.unseenOn == nil || departure.unseenOn != node else {
            return false
        }
        if at <= departure.sightable.upperBound { return true }
        // News that a blind node could not hear in time is old, not false; a settle time follows every outage.
        let losses = truth.world.redisLosses.map { $0..<($0 + 1) }
        let latest = departure.sightable.upperBound
        return truth.blindness(of: observer).union(Intervals(losses)).spans.contains {
            $0.lowerBound <= latest && departure.goneAt <= $0.upperBound
                && at <= $0.upperBound + truth.timing.lease + truth.allowance.convergence
        }
    }

    // MARK: Ghosts and missing members

    private mutating func judgeViews(at: Int64) {
        for observer in views.keys.sorted() {
            guard let view = views[observer], view.connectedSince != nil else { continue }
            let room = truth.lives[observer]?.room
            for peer in view.listed.keys.sorted() where isGhost(peer, in: room, at: at) {
                note(.ghost, at: at, "\(observer) still lists \(peer)") { $0.ghosts.insert(peer) }
            }
            guard let room, truth.mustBeListed(observer, at: at) else { continue }
            for peer in truth.lives.rooms[room] ?? []
            where peer != observer && view.listed[peer] == nil && truth.mustBeListed(peer, at: at) {
                note(.missing, at: at, "\(observer) does not list \(peer)") { $0.missing.insert(peer) }
            }
        }
    }

    private mutating func judgeAudit(_ room: Int, _ source: AuditSource, _ members: Set<Client>, at: Int64) {
        for peer in members.sorted() where isGhost(peer, in: room, at: at) {
            note(.ghost, at: at, "\(source) still lists \(peer) in room \(room)") { $0.ghosts.insert(peer) }
        }
        // A node that holds no member of a room need not know the room.
        guard source == .redis || !members.isEmpty else { return }
        for peer in truth.lives.rooms[room] ?? [] where !members.contains(peer) && truth.mustBeListed(peer, at: at) {
            note(.missing, at: at, "\(source) does not list \(peer) in room \(room)") { $0.missing.insert(peer) }
        }
    }

    private func isGhost(_ peer: Client, in room: Int?, at: Int64) -> Bool {
        guard let membership = truth.memberships[peer] else { return true }
        return membership.room != room || membership.isGhost(at: at, allowance: truth.allowance)
    }

    // MARK: Divergence

    private mutating func measureDivergence(of observer: Client, view: View) {
        guard let room = truth.lives[observer]?.room else { return }
        let blind = truth.blindness(of: observer)
        for peer in truth.lives.rooms[room] ?? [] where peer != observer {
            guard let membership = truth.memberships[peer] else { continue }
            let listed = Intervals(view.spans[peer] ?? [])
            let excused = blind.union(membership.undecided)
            for span in view.connected {
                let disagreement = listed.intersection(span).symmetricDifference(membership.present.intersection(span))
                for gap in disagreement.subtracting(excused).spans {
                    tally(at: gap.lowerBound) { $0.maxDivergence = max($0.maxDivergence, gap.length) }
                }
            }
        }
    }

    // MARK: Counting

    private mutating func tally(at: Int64, _ body: (inout PresenceTally) -> Void) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
    }

    private mutating func note(
        _ kind: Finding.Kind, at: Int64, _ text: String, _ body: (inout PresenceTally) -> Void
    ) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
        findings.add(kind, at: at, step: truth.world.rounds[round].step, text)
    }
}

extension Life.Incarnation {
    fileprivate var isMeantToGo: Bool {
        switch ending {
        case .leftOnPurpose, .vanished(_, planned: true): true
        case .none, .vanished, .notResumed: false
        }
    }
}
