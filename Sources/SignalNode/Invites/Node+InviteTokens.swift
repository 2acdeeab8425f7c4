import SignalDomain
import Synchronization

/// The tokens that redeemed invites become. A key of `JWT_KEYS_FILE` signs them if one can; without, a key does that all
/// nodes derive from `CLUSTER_SECRET`, so that invites need no other set-up.
extension Node {
    /// How tokens name the derived key.
    static let inviteKeyID = "bs-invites"

    /// How the subjects of these tokens begin.
    static let inviteSubject = "invite:"

    /// The derived key, made when it is needed first.
    private func derivedKeys() async -> RoomTokenKeys? {
        if let known = inviteKeys.withLock({ $0 }) { return known }
        let made = try? await RoomTokenKeys(secret: inviteSecret, kid: Self.inviteKeyID)
        inviteKeys.withLock { $0 = $0 ?? made }
        return made
    }

    /// Signs the token of somebody who redeemed an invite; nil when no key can.
    func signInvited(_ token: RoomToken) async -> String? {
        if let keys = access.keys, keys.signingKey != nil { return try? await keys.sign(token) }
        return try? await derivedKeys()?.sign(token)
    }

    /// The token, if its header names the derived key.
    func invitedToken(_ credentials: Credentials) -> String? {
        guard let token = credentials.token, (try? RoomTokenHeader(of: token))?.kid == Self.inviteKeyID else {
            return nil
        }
        return token
    }

    /// Takes a token of the derived key for what an invite became, and for nothing else.
    func verifyInvited(_ token: String) async -> Result<Identity, Refusal> {
        guard let keys = await derivedKeys() else { return .failure(.internalError) }
        let result = await verify(token, keys)
        if case .success(.roomToken(let token)) = result, !token.subject.hasPrefix(Self.inviteSubject) {
            return .failure(.invalidToken)
        }
        return result
    }
}
