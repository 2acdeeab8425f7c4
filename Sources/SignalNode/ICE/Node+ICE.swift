import NIOCore
import SignalDomain

/// Who is told which STUN and TURN servers.
extension Node {
    /// Changes the secret that signs TURN credentials, for sessions that live as well: they are told within half a
    /// minute, and that connections over the old ones should restart.
    public func use(turnSecrets: [String]) { ice.use(secret: turnSecrets.first) }

    /// For `/bootstrap`.
    func iceServers(
        for principal: Principal, in room: RoomKey, from client: ClientAddress, region: String?
    ) -> IceOffer {
        guard hasTURN(room, principal) else { return ice.stunOnly }
        let address = AddressKey(client)
        let caller = IceIssuer.Client(
            holder: principal.turnHolder ?? "address:\(address)", address: exempt.contains(client) ? nil : address,
            region: region)
        return ice.offer(to: caller, nowMs: clock.monotonicMs(), wall: clock.wall())
    }
}

extension Session {
    /// For `welcome` and `ice-servers`; the session remembers when to ask again.
    func iceServers(isRenewal: Bool = false) -> IceOffer {
        let principal = state.value.principal
        guard node.hasTURN(seat.room, principal) else {
            state.value.conversation?.ice = nil
            return node.ice.stunOnly
        }
        let client = IceIssuer.Client(
            holder: principal.turnHolder ?? "peer:\(seat.room.text):\(seat.peer)",
            address: seat.isExempt ? nil : seat.address, region: seat.region)
        let offer = node.ice.offer(
            to: client, isRenewal: isRenewal, nowMs: node.clock.monotonicMs(), wall: node.clock.wall())
        state.value.conversation?.ice = offer.lease
        return offer
    }

    /// Sends new credentials before the old ones run out, and when the secret behind them changes.
    func renewIceServers(_ socket: any SessionSocket) {
        guard var lease = state.value.conversation?.ice else { return }
        let now = node.clock.monotonicMs()
        if lease.secret != node.ice.secret {
            lease = node.ice.rotation(of: lease, nowMs: now)
            state.value.conversation?.ice = lease
        }
        guard now >= lease.renewAtMs else { return }
        let offer = iceServers(isRenewal: lease.hasTURN)
        let text = ServerMessages.iceServers(
            offer.json, iceTtlMs: offer.ttlMs, restartAdvised: lease.advisesRestart)
        socket.send(SignalFrame.text(text), from: nil)
    }
}

extension Principal {
    /// Whose quota of the TURN servers is used up; nil = nobody's whom a token names.
    fileprivate var turnHolder: String? { subject.map { "subject:\($0)" } }
}
