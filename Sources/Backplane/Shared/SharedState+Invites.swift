import SignalDomain

/// Invites and tickets: what lets somebody in who has no token yet.
extension SharedState {
    struct Ticket: Sendable {
        let holder: TicketHolder
        let endsAt: Int64
    }

    struct SharedInvite: Sendable {
        var invite: Invite
        var redeemers: Set<String> = []
    }

    mutating func store(_ digest: String, _ holder: TicketHolder, _ ttlMs: Int64, _ clock: Clock) -> BackplaneReply {
        tickets = tickets.filter { clock.millis < $0.value.endsAt }
        tickets[digest] = Ticket(holder: holder, endsAt: clock.millis + ttlMs)
        return .done
    }

    mutating func takeTicket(_ digest: String, _ clock: Clock) -> BackplaneReply {
        guard let ticket = tickets.removeValue(forKey: digest), clock.millis < ticket.endsAt else {
            return .ticket(nil)
        }
        return .ticket(ticket.holder)
    }

    mutating func create(_ invite: Invite, _ clock: Clock) -> BackplaneReply {
        invites = invites.filter { clock.millis < $0.value.invite.expiresAt }
        guard invites(of: invite.room, clock).count < moderation.invitesPerRoom else { return .full }
        invites[invite.id] = SharedInvite(invite: invite)
        return .done
    }

    func invites(of room: RoomKey, _ clock: Clock) -> [Invite] {
        invites.values.map(\.invite).filter { $0.room == room && clock.millis < $0.expiresAt }
            .sorted { $0.id.text < $1.id.text }
    }

    func invite(_ id: InviteID, _ clock: Clock) -> Invite? {
        guard let invite = invites[id]?.invite, clock.millis < invite.expiresAt else { return nil }
        return invite
    }

    mutating func revoke(_ id: InviteID, _ clock: Clock) -> BackplaneReply {
        invites[id]?.invite.isRevoked = true
        return .invite(invite(id, clock))
    }

    mutating func redeem(_ id: InviteID, by redeemer: String, _ clock: Clock) -> BackplaneReply {
        guard var shared = invites[id], clock.millis < shared.invite.expiresAt, !shared.invite.isRevoked else {
            return .invite(nil)
        }
        if !shared.redeemers.contains(redeemer) {
            guard shared.invite.uses < shared.invite.maxUses else { return .invite(nil) }
            shared.redeemers.insert(redeemer)
            shared.invite.uses += 1
            invites[id] = shared
        }
        return .invite(shared.invite)
    }
}
