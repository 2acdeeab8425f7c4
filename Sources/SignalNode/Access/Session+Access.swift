import NIOCore
import SignalDomain

/// What a session's token allows on the live socket, and for how long.
extension Session {
    var grants: Grants { state.value.principal.grants }

    /// Ends the session whose token has run out; looked at with the clock, so that no session needs a timer.
    func watchExpiry() {
        guard let expiry = state.value.principal.expiresAt, case .open = state.value.phase else { return }
        if node.clock.wall().milliseconds >= expiry + node.access.terms.leewayMs { end(.tokenExpired) }
    }

    /// Takes a new token in place of the old one: the same subject's, and good for this room and peer. Anything else
    /// changes nothing.
    func renew(_ token: String, refused: @escaping () -> Void) {
        node.identify(Credentials(token: token), from: seat.address.network, on: seat.shard.loop) { [self] result in
            guard case .open = state.value.phase else { return }
            guard let identity = try? result.get(), let principal = try? principal(of: identity),
                principal.subject == state.value.principal.subject
            else { return refused() }
            state.value.identity = identity
            state.value.principal = principal
        }
    }

    /// Looks at the policy anew; a session that it no longer admits ends.
    func reviewAccess() {
        do throws(Refusal) {
            state.value.principal = try principal(of: state.value.identity)
        } catch {
            end(.forbidden)
        }
    }

    private func principal(of identity: Identity) throws(Refusal) -> Principal {
        try node.principal(of: identity, in: seat.room, as: seat.peer, from: seat.client, needing: .join)
    }
}
