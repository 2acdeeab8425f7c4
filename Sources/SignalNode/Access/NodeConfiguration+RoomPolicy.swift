public import SignalDomain

extension NodeConfiguration {
    /// The policy of the settings, behind the entries of the policy file.
    public func roomPolicy(_ entries: [RoomPolicy.Entry] = []) -> RoomPolicy {
        var lists = RoomPolicy.Lists()
        lists.public = policy.publicNamespaces.compactMap { NamePattern($0) }
        lists.invite = policy.inviteNamespaces.compactMap { NamePattern($0) }
        lists.admin = policy.adminNamespaces.compactMap { NamePattern($0) }
        lists.hasPublicWrite = policy.publicWrite != "deny"
        lists.hasSharedToken = !access.signalTokenSHA256.isEmpty
        lists.hasRoomTokens = tokens.keysFile != nil
        return RoomPolicy(entries: entries, lists: lists)
    }

    /// How long a room token may be good.
    public var tokenTerms: RoomTokenKeys.Terms {
        var terms = RoomTokenKeys.Terms()
        terms.maxLifetimeMs = Int64(tokens.maxLifetimeSeconds) * 1_000
        terms.leewayMs = Int64(tokens.leewaySeconds) * 1_000
        return terms
    }
}
