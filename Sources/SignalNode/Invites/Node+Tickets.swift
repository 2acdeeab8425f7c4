import Backplane
import Crypto
public import SignalDomain

/// Tickets: what a page puts into the address of its WebSocket in place of a token, good once and for half a minute.
extension Node {
    /// How long a ticket is good, in milliseconds.
    static let ticketMs: Int64 = 30_000

    /// Sells a ticket to the holder of a token; answers `{ticket,expiresAt}`.
    public func issueTicket(
        namespace: String?, room: String?, peerID: String?, to caller: IdentifiedCaller
    ) async throws(Refusal) -> [UInt8] {
        let ticket = Self.secret()
        let expiresAt = clock.wall().milliseconds + Self.ticketMs
        let entry = AuditEntry(.ticketIssued, by: .init(caller.identity), from: caller.client)
        try await audited(entry) { (entry) async throws(Refusal) in
            switch caller.identity {
            case .anonymous: throw .unauthorized
            // A ticket stands for a member; whoever runs the service has no business in the address of a page.
            case .operator: throw .operatorTicket
            case .sharedToken, .roomToken: break
            }
            let key = try Self.roomKey(namespace, room)
            let peer = try Self.peer(peerID)
            entry.room = key
            var principal = try authorize(caller, in: key, as: peer, needing: .join).principal
            entry.actor = .init(principal, peer: peer)
            principal.peer = peer ?? principal.peer
            let holder = TicketHolder(room: key, principal: principal)
            let command = BackplaneCommand.storeTicket(
                digest: Self.digest(of: ticket), holder, ttlMs: Self.ticketMs)
            guard case .success = await clusters[key].ask(command) else {
                throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
        }
        var object = JSONObjectText()
        object.add("ticket", ticket)
        object.add("expiresAt", expiresAt)
        return object.closed
    }

    /// Takes the ticket of a handshake; it is good for no second one.
    func redeem(_ ticket: String, in room: RoomKey, as peer: PeerID?) async -> Result<Identity, Refusal> {
        switch await clusters[room].ask(.takeTicket(digest: Self.digest(of: ticket))) {
        case .success(.ticket(let holder?)):
            guard holder.room == room else { return .failure(.invalidToken) }
            if let fixed = holder.principal.peer, let peer, fixed != peer { return .failure(.forbidden) }
            return .success(Identity(holder))
        case .success: return .failure(.invalidToken)
        case .failure: return .failure(.unavailable(retryAfterSeconds: retryAfterSeconds))
        }
    }

    /// 128 random bits as base64url.
    static func secret() -> String { Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) }) }

    /// The SHA-256 of a secret in hexadecimal: all that is ever stored of it.
    static func digest(of secret: String) -> String { SHA256.hash(data: Array(secret.utf8)).hexadecimal }

    static func roomKey(_ namespace: String?, _ room: String?) throws(Refusal) -> RoomKey {
        do throws(NameError) {
            return try RoomKey(namespace: namespace, room: room)
        } catch {
            throw .badName(error)
        }
    }

    static func peer(_ text: String?) throws(Refusal) -> PeerID? {
        guard let text else { return nil }
        do throws(NameError) {
            return try PeerID(text)
        } catch {
            throw .badName(error)
        }
    }
}

extension Refusal {
    static let operatorTicket = Refusal(
        status: 403, code: "forbidden", title: "Forbidden",
        sentence: "A ticket is sold for a member's token, not for an operator's.")
}

extension Identity {
    /// What the holder of a ticket was when the ticket was sold, for the room of the ticket alone.
    init(_ holder: TicketHolder) {
        let principal = holder.principal
        guard let subject = principal.subject else {
            self = .sharedToken
            return
        }
        self = .roomToken(
            RoomToken(
                subject: subject, id: principal.tokenID ?? "", namespace: holder.room.namespace, room: holder.room.room,
                peer: principal.peer, grants: principal.grants, notBefore: 0, expiresAt: principal.expiresAt ?? .max / 2
            )
        )
    }
}
