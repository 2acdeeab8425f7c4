import Crypto
import SignalDomain

/// The tokens that redeemed invites become. A key of `JWT_KEYS_FILE` signs them if one can; without, a key does that all
/// nodes derive from `CLUSTER_SECRET`, so that invites need no other set-up.
extension Node {
    /// How tokens name the derived key.
    static let inviteKeyID = "bs-invites"

    /// Derives the key.
    static func inviteKeys(_ secret: SymmetricKey) -> Task<RoomTokenKeys?, Never> {
        let key = Array(HMAC<SHA256>.authenticationCode(for: Array("bs:invite-tokens".utf8), using: secret))
        let entry = #"{"kty":"oct","kid":"\#(inviteKeyID)","alg":"HS256","k":"\#(Base64URL.encode(key))"}"#
        return Task { try? await RoomTokenKeys(jwks: Array(#"{"keys":[\#(entry)]}"#.utf8)) }
    }

    /// Signs the token of somebody who redeemed an invite; nil when no key can.
    func signInvited(_ token: RoomToken) async -> String? {
        let derived = await inviteKeys.value
        guard let keys = access.keys.flatMap({ $0.signingKey == nil ? nil : $0 }) ?? derived else { return nil }
        do {
            return try await keys.sign(token)
        } catch {
            return nil
        }
    }

    /// The token, if its header names the derived key.
    func invitedToken(_ credentials: Credentials) -> String? {
        guard let token = credentials.token, (try? RoomTokenHeader(of: token))?.kid == Self.inviteKeyID else {
            return nil
        }
        return token
    }

    func verifyInvited(_ token: String) async -> Result<Identity, Refusal> {
        guard let keys = await inviteKeys.value else { return .failure(.internalError) }
        return await verify(token, keys)
    }
}
