/// Whom a ticket lets in, where and as whom: what a token said when the ticket was bought.
public struct TicketHolder: Hashable, Sendable {
    public var room: RoomKey
    public var principal: Principal

    public init(room: RoomKey, principal: Principal) {
        self.room = room
        self.principal = principal
    }

    /// `room|peer|subject|tokenID|grants|expiresAt`, with escaped names; an absent one is empty.
    public var text: String {
        let names = [principal.peer?.text, principal.subject, principal.tokenID].map { EscapedName.encode($0 ?? "") }
        return ([room.text] + names + ["\(principal.grants.rawValue)", "\(principal.expiresAt ?? 0)"])
            .joined(separator: "|")
    }

    /// Reads `text` back; nil for anything else.
    public init?(text: String) {
        let fields = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6, let room = RoomKey(text: fields[0]), let peer = EscapedName.decode(fields[1]),
            let subject = EscapedName.decode(fields[2]), let token = EscapedName.decode(fields[3]),
            let grants = UInt8(fields[4]), let expiresAt = Int64(fields[5])
        else { return nil }
        var name: PeerID?
        if !peer.isEmpty {
            guard let known = try? PeerID(peer) else { return nil }
            name = known
        }
        self.room = room
        principal = Principal(
            subject: subject.isEmpty ? nil : subject, tokenID: token.isEmpty ? nil : token,
            grants: Grants(rawValue: grants), expiresAt: expiresAt == 0 ? nil : expiresAt, peer: name,
            isAuthenticated: true)
    }
}
