import Backplane
import RedisWire
import SignalDomain

/// Reads what the scripts of moderation answer; nil stands for anything that is not the reply of the command.
enum ModerationReading {
    static func reply(to command: BackplaneCommand, _ value: RESPValue) -> BackplaneReply? {
        guard let parts = value.array else { return nil }
        let word = parts.first?.string
        switch command {
        case .sanction, .sanctions:
            if word == "FULL" { return .full }
            guard word == "OK", let flat = parts[safe: 1]?.array else { return nil }
            let entries = ReplyReading.pairs(flat).compactMap { SanctionEntry(id: $0.0, value: $0.1) }
            if case .sanction = command { return .sanctions(entries) }
            return .sanctions(entries.sorted { $0.id < $1.id })
        case .takeTicket:
            guard word == "OK", let text = parts[safe: 1]?.string else { return nil }
            return .ticket(TicketHolder(text: text))
        case .invites:
            guard word == "OK", let flat = parts[safe: 1]?.array else { return nil }
            return .invites(invites(flat))
        case .invite(let id), .revokeInvite(let id), .redeemInvite(let id, _):
            return .invite(Invite(id: id, fields: parts))
        case .roomsOfNode:
            guard let cursor = word.flatMap({ UInt64($0) }), let rooms = parts[safe: 1]?.array else { return nil }
            return .roomPage(rooms.compactMap { $0.string.flatMap { RoomKey(text: $0) } }, cursor: cursor)
        case .occupancy:
            return .occupancy(ReplyReading.counts(parts))
        default:
            return nil
        }
    }

    private static func invites(_ flat: [RESPValue]) -> [Invite] {
        stride(from: 0, to: flat.count - flat.count % 2, by: 2).compactMap { index in
            guard let id = flat[index].string.flatMap({ InviteID(text: $0) }), let fields = flat[index + 1].array else {
                return nil
            }
            return Invite(id: id, fields: fields)
        }.sorted { $0.id.text < $1.id.text }
    }
}

extension Invite {
    /// Reads the fields of a stored invite; nil when there is none.
    init?(id: InviteID, fields: [RESPValue]) {
        let named = Dictionary(ReplyReading.pairs(fields)) { _, last in last }
        guard let room = named["room"].flatMap({ RoomKey(text: $0) }), let grants = named["grants"].flatMap(UInt8.init),
            let maxUses = named["max"].flatMap({ Int($0) }), let expiresAt = named["expires"].flatMap({ Int64($0) }),
            let uses = named["uses"].flatMap({ Int($0) }), let revoked = named["revoked"]
        else { return nil }
        self.init(
            id: id, room: room, grants: Grants(rawValue: grants), maxUses: maxUses, expiresAt: expiresAt, uses: uses,
            isRevoked: revoked == "1")
    }
}
