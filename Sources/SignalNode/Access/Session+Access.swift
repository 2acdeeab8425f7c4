import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// What a session's token allows on the live socket, and for how long.
extension Session {
    var grants: Grants {
        let grants = state.value.principal.grants
        return isMuted ? grants.subtracting(.write) : grants
    }

    /// Whether the peer gets what others say to the room, which a moderator does not take away.
    var mayRead: Bool { state.value.principal.grants.contains(.read) }

    // MARK: Time

    /// Ends the session whose token has run out; looked at with the clock, so that no session needs a timer.
    func watchExpiry() {
        guard let expiry = state.value.principal.expiresAt, case .open = state.value.phase else { return }
        if node.clock.wall().milliseconds >= expiry + node.access.terms.leewayMs { end(.tokenExpired) }
    }

    /// Takes a new token in place of the old one: the same subject's, and good for this room and peer. Anything else
    /// changes nothing.
    func renew(_ token: String, refused: @escaping () -> Void) {
        node.identify(Credentials(token: token), from: seat.client, on: seat.shard.loop) { [self] result in
            guard case .open = state.value.phase else { return }
            do throws(Refusal) {
                let identity = try result.get()
                let principal = try principal(of: identity)
                guard principal.subject == state.value.principal.subject else { throw .forbidden }
                state.value.identity = identity
                state.value.principal = principal
            } catch {
                node.noteFailure(error, from: seat.client)
                refused()
            }
        }
    }

    /// Looks at the policy anew; a session that it no longer admits leaves the room for good.
    func reviewAccess() {
        do throws(Refusal) {
            state.value.rules = node.rules(for: seat.room)
            state.value.principal = try principal(of: state.value.identity)
        } catch {
            // It is the room that has changed: a client that never had a token needs no other one.
            let reason = error.closing ?? .forbidden
            expel(reason == .unauthorized ? .forbidden : reason)
        }
    }

    /// Ends the session without a way back to it.
    func expel(_ reason: CloseReason, showing departure: LeaveReason = .left) {
        let phase = state.value.phase
        if case .open = phase { note(.closed(reason)) }
        leave(.left(departure))
        if case .open(let socket) = phase { socket.close(reason) }
    }

    private func principal(of identity: Identity) throws(Refusal) -> Principal {
        try node.principal(of: identity, in: seat.room, as: seat.peer, from: seat.client, needing: .join)
    }

    // MARK: Signals

    /// Whether the peer may send one more signal now.
    func admitSignal() -> SignalPermission {
        guard grants.contains(.write) else { return .forbidden }
        guard !state.value.principal.isAuthenticated else { return .granted }
        let rules = state.value.rules
        let rates = node.configuration.rates
        let now = node.clock.monotonicMs()
        let own = spend(rules.anonymousWritesPerMinute, else: rates.publicWritesPerMinute) {
            state.value.anonymousWrites.admit(limit: $0, windowMs: 60_000, nowMs: now)
        }
        guard case .granted = own else { return own }
        return spend(rules.anonymousRoomWritesPerMinute, else: rates.publicRoomWritesPerMinute) {
            node.anonymousWrites.admit(seat.room, limit: $0, nowMs: now)
        }
    }

    /// Takes one signal from a budget of peers without a token.
    ///
    /// - Parameters:
    ///   - named: the budget by the policy of the room; nil = it names none.
    ///   - standard: the one of the settings, which belongs to the rates of addresses and is off where these are.
    private func spend(_ named: Int?, else standard: Int, _ admit: (Int) -> Admission) -> SignalPermission {
        if let named {
            guard named > 0 else { return .forbidden }
            if case .refused(let retryAfterMs) = admit(named) { return .tooMany(retryAfterMs: retryAfterMs) }
            return .granted
        }
        let rates = node.configuration.rates
        guard standard > 0, rates.messagesPerMinute > 0, !seat.isExempt else { return .granted }
        guard case .refused(let retryAfterMs) = admit(standard) else { return .granted }
        guard rates.dryRun else { return .tooMany(retryAfterMs: retryAfterMs) }
        node.metrics.rateLimited.increment()
        return .granted
    }
}

/// The verdict on a signal by the grants of its sender and the rules of the room.
enum SignalPermission {
    case granted
    case forbidden
    /// The budget of peers without a token is used up.
    case tooMany(retryAfterMs: Int64)
}
