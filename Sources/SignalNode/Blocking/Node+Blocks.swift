public import SignalDomain

/// Blocks of addresses that hold on every node: operators give them and take them back.
extension Node {
    /// Where the node itself and its health checks come from.
    private static let ownMachine = ["127.0.0.0/8", "::1/128"].compactMap { CIDR($0) }

    /// Keeps an address, a range or a network out of the whole cluster, on behalf of an operator; answers `{applied}`.
    public func block(_ request: BlockRequest, by caller: Caller) async throws(Refusal) -> [UInt8] {
        try await operate(
            .blockAdded, on: request.auditedTarget, detail: request.auditedDetail, by: caller
        ) { () async throws(Refusal) -> [UInt8] in
            let target = try request.target()
            let reason = request.reason ?? ""
            guard reason.utf8.count <= Sanction.maxReasonBytes else { throw .reasonTooLong }
            let now = self.clock.wall()
            let end = try self.expiry(try request.end(now: now), "untilMs")
            if !request.isForced { try self.checkHarm(of: target, to: caller.client) }
            let block = Sanction(.block, of: target, in: nil, reason: reason, expiresAt: end)
            let known = self.moderation.blocks(now: now.milliseconds)
            let limit = self.configuration.abuse.maxClusterBlocks
            guard known.count < limit || known.contains(where: { $0.id == block.id }) else {
                throw .tooManyBlocks(limit)
            }
            return try await self.decide(block, isLifted: false).json
        }
    }

    /// Takes a block back, on behalf of an operator; answers `{applied}`.
    public func unblock(_ request: BlockRequest, by caller: Caller) async throws(Refusal) -> [UInt8] {
        try await operate(
            .blockRemoved, on: request.auditedTarget, detail: request.auditedDetail, by: caller
        ) { () async throws(Refusal) -> [UInt8] in
            let block = Sanction(.block, of: try request.target(), in: nil)
            let known = self.moderation.blocks(now: self.clock.wall().milliseconds)
            guard known.contains(where: { $0.id == block.id }) else { throw .blockUnknown }
            return try await self.decide(block, isLifted: true).json
        }
    }

    /// `{blocks:[{cidr|asn,reason,sinceMs,untilMs}]}`, for an operator; without `untilMs` a block has no end. Those of
    /// BLOCK_RULES_FILE are not among them.
    public func blocksPage(for caller: Caller) async throws(Refusal) -> [UInt8] {
        try await admitLook(at: "blocks", by: caller)
        var object = JSONObjectText()
        object.add(
            "blocks",
            moderation.blocks(now: clock.wall().milliseconds).map { entry in
                var row = JSONObjectText()
                switch entry.sanction.target {
                case .range(let range): row.add("cidr", "\(range)")
                case .network(let network): row.add("asn", network)
                case .peer, .subject, .token, .address, .room: break
                }
                row.add("reason", entry.sanction.reason)
                row.add("sinceMs", entry.stamp)
                if let end = entry.sanction.expiresAt { row.add("untilMs", end) }
                return row
            })
        return object.closed
    }

    /// Refuses what hardly anybody means: half of the internet, or those who run the service. A proxy that is blocked is
    /// cut off at accept, and with it everybody behind it.
    private func checkHarm(of target: Sanction.Target, to caller: ClientAddress) throws(Refusal) {
        switch target {
        case .range(let range):
            let fewest =
                range.network.family == .ipv4 ? BlockRequest.fewestBitsIPv4 : BlockRequest.fewestBitsIPv6
            guard range.prefixBits >= fewest else { throw .blockTooWide }
            let own = Self.ownMachine + configuration.access.trustedProxyCIDRs.compactMap { CIDR($0) }
            guard !range.contains(caller), !own.contains(where: range.overlaps) else { throw .blockHitsOwn }
        case .network(let network):
            guard blockList.hasNetworks else { throw .networksUnknown }
            guard blockList.network(of: caller) != network else { throw .blockHitsOwn }
        case .peer, .subject, .token, .address, .room: break
        }
    }
}
