import Backplane
public import SignalDomain

/// What moderators and operators may do to peers, rooms and tokens. Every call is audited by its caller.
extension Node {
    /// The latest time that may be named, in milliseconds since the epoch: the end of the year 9999.
    private static let endOfTime = 253_402_300_799_000.0

    /// Carries out what somebody may do who has `verb.needed` in the room.
    public func moderate(_ request: ModerationRequest) async throws(Refusal) -> ModerationOutcome {
        guard let kind = request.verb.kind else { return try await kick(request) }
        let reason = request.reason ?? ""
        guard reason.utf8.count <= Sanction.maxReasonBytes else { throw .reasonTooLong }
        let until = try expiry(request.until, "untilMs")
        var outcome = ModerationOutcome(applied: 0)
        for target in try targets(of: request) {
            let sanction = Sanction(kind, of: target, in: request.room, reason: reason, expiresAt: until)
            let one = try await decide(sanction, isLifted: request.verb.lifts)
            outcome.applied += one.applied
            outcome.isPending = outcome.isPending || one.isPending
        }
        return outcome
    }

    /// Voids a token, or every token of a subject, in every room.
    ///
    /// - Parameter until: when the last such token has run out anyway; nil = the longest life of a token from now.
    public func revoke(
        tokenID: String?, subject: String?, reason: String?, until: Double?
    ) async throws(Refusal) -> ModerationOutcome {
        let reason = reason ?? ""
        guard reason.utf8.count <= Sanction.maxReasonBytes else { throw .reasonTooLong }
        let terms = access.terms
        let end =
            try expiry(until, "untilMs")
            ?? clock.wall().milliseconds + terms.maxLifetimeMs + 2 * terms.leewayMs
        var targets: [Sanction.Target] = []
        if let tokenID { targets.append(.token(try Self.targetName(tokenID))) }
        if let subject { targets.append(.subject(try Self.targetName(subject))) }
        guard !targets.isEmpty else { throw .targetMissing }
        var outcome = ModerationOutcome(applied: 0)
        for target in targets {
            let sanction = Sanction(.revocation, of: target, in: nil, reason: reason, expiresAt: end)
            let one = try await decide(sanction, isLifted: false)
            outcome.applied += one.applied
            outcome.isPending = outcome.isPending || one.isPending
        }
        return outcome
    }

    private func kick(_ request: ModerationRequest) async throws(Refusal) -> ModerationOutcome {
        guard let text = request.peerID, let peer = try? PeerID(text) else { throw .targetMissing }
        if case .success(.count(let count)) = await clusters[request.room].ask(.kick(request.room, peer)) {
            return ModerationOutcome(applied: count)
        }
        heard(.kick(request.room, peer))
        return ModerationOutcome(applied: 0, isPending: true)
    }

    /// Stores a decision on each shard that keeps it, which tells all nodes. It holds here in any case: a shard that is
    /// away hears of it when it is back.
    func decide(_ sanction: Sanction, isLifted: Bool) async throws(Refusal) -> ModerationOutcome {
        let least = moderation.stamp(of: sanction.id) + 1
        let entry = SanctionEntry(sanction, stamp: least, isLifted: isLifted)
        var isPending = false
        for shard in moderation.shards(of: sanction) {
            switch await clusters.cluster(shard).ask(.sanction([entry], isNew: true)) {
            case .success(.sanctions(let stored)):
                for entry in stored { take(entry) }
            case .success(.full): throw .tooManySanctions
            default: isPending = true
            }
        }
        if isPending {
            var own = entry
            own.stamp = max(least, clock.wall().milliseconds)
            take(own)
        }
        return ModerationOutcome(applied: 1, isPending: isPending)
    }

    private func targets(of request: ModerationRequest) throws(Refusal) -> [Sanction.Target] {
        if request.verb.kind == .closure { return [.room] }
        var targets: [Sanction.Target] = []
        if let text = request.peerID {
            guard let peer = try? PeerID(text) else { throw .targetMissing }
            targets.append(.peer(peer))
        }
        if let subject = request.subject { targets.append(.subject(try Self.targetName(subject))) }
        if let text = request.address {
            guard configuration.access.clusterSecret != nil || !isShared else { throw .addressesUnkeyed }
            guard let address = ClientAddress(text) else { throw .targetMissing }
            targets.append(.address(code(of: AddressKey(address))))
        }
        guard !targets.isEmpty else { throw .targetMissing }
        return targets
    }

    private static func targetName(_ text: String) throws(Refusal) -> String {
        guard (1...Sanction.maxTargetBytes).contains(text.utf8.count) else { throw .targetMissing }
        return text
    }

    func expiry(_ until: Double?, _ name: StaticString) throws(Refusal) -> Int64? {
        guard let until else { return nil }
        let now = clock.wall().milliseconds
        guard until > Double(now), until <= Self.endOfTime else { throw .invalidTime(name) }
        return Int64(until)
    }
}
