import Backplane
public import SignalDomain

/// An invite as a client asks for it; its types are checked, its bounds are not.
public struct InviteRequest: Sendable {
    public var namespace: String?
    public var room: String?
    /// Nil = what a member needs.
    public var grants: [String]?
    public var maxUses: Double?
    /// Milliseconds from now.
    public var expiresIn: Double?

    public init(namespace: String?, room: String?, grants: [String]?, maxUses: Double?, expiresIn: Double?) {
        self.namespace = namespace
        self.room = room
        self.grants = grants
        self.maxUses = maxUses
        self.expiresIn = expiresIn
    }
}

/// An invite as somebody wants to redeem it; nothing of it is checked.
public struct InviteRedemption: Sendable {
    public var code: String
    /// The peer that the token is to be bound to; nil = any.
    public var peerID: String?
    /// A secret of the client: whoever asks again under the same one takes no second use.
    public var session: String?

    public init(code: String, peerID: String?, session: String?) {
        self.code = code
        self.peerID = peerID
        self.session = session
    }
}

/// Invites: a code that is shown once, kept as its digest, and redeemed for a room token a given number of times.
extension Node {
    static let maxInviteUses = 10_000
    static let minInviteMs: Int64 = 1_000
    static let defaultInviteMs: Int64 = 86_400_000

    /// Makes an invite; answers `{id,code,expiresAt,maxUses}`.
    public func createInvite(_ request: InviteRequest, by caller: IdentifiedCaller) async throws(Refusal) -> [UInt8] {
        let room = try Self.roomKey(request.namespace, request.room)
        let entry = AuditEntry(.inviteIssued, by: .init(caller.identity), from: caller.client, in: room)
        return try await audited(entry) { (entry) async throws(Refusal) -> [UInt8] in
            let issuer = try authorize(caller, in: room, needing: .moderate).principal
            // An invite to a room that is open to anybody would keep nobody out.
            guard rules(for: room).kind != .public else { throw .invitePublic }
            let (code, invite) = try makeInvite(request, to: room, by: issuer)
            entry.target = "invite:\(invite.id)"
            entry.detail = "maxUses \(invite.maxUses), until \(invite.expiresAt)"
            switch await clusters[room].ask(.createInvite(invite)) {
            case .success(.done): break
            case .success(.full): throw .tooManyInvites
            default: throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
            var object = JSONObjectText()
            object.add("id", invite.id.text)
            object.add("code", code.text)
            object.add("expiresAt", invite.expiresAt)
            object.add("maxUses", invite.maxUses)
            return object.closed
        }
    }

    private func makeInvite(
        _ request: InviteRequest, to room: RoomKey, by issuer: Principal
    ) throws(Refusal) -> (InviteCode, Invite) {
        let lifeMs = request.expiresIn ?? Double(Self.defaultInviteMs)
        let maxUses = request.maxUses ?? 1
        guard lifeMs >= Double(Self.minInviteMs), lifeMs <= Double(Invite.maxLifeMs),
            maxUses >= 1, maxUses <= Double(Self.maxInviteUses), maxUses.rounded() == maxUses
        else { throw .inviteBounds }
        guard let wanted = request.grants.map({ Grants(names: $0) }) ?? .member, wanted.contains(.join),
            issuer.grants.isSuperset(of: wanted)
        else { throw .inviteGrants }
        var random = SystemRandomNumberGenerator()
        let code = InviteCode(shard: clusters.map.shard(of: room), using: &random)
        guard let id = Self.id(of: code) else { throw .internalError }
        let invite = Invite(
            id: id, room: room, grants: wanted, maxUses: Int(maxUses),
            expiresAt: clock.wall().milliseconds + Int64(lifeMs))
        return (code, invite)
    }

    /// `{invites:[{id,expiresAt,maxUses,uses,revoked,grants}]}`
    public func invites(
        namespace: String?, room: String?, by caller: IdentifiedCaller
    ) async throws(Refusal) -> [UInt8] {
        let room = try Self.roomKey(namespace, room)
        try await audited(look(at: "invites", in: room, from: caller.client)) { (entry) async throws(Refusal) in
            entry.actor = .init(caller.identity)
            _ = try authorize(caller, in: room, needing: .moderate)
        }
        guard case .success(.invites(let invites)) = await clusters[room].ask(.invites(room)) else {
            throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
        var object = JSONObjectText()
        object.add("invites", invites.map(\.json))
        return object.closed
    }

    /// Ends an invite before its time. One that is not there and one of a room where the caller is no moderator look the
    /// same.
    public func revokeInvite(_ text: String, by caller: IdentifiedCaller) async throws(Refusal) {
        guard let id = InviteID(text: text), id.shard < clusters.count else { throw .notFound }
        let cluster = clusters.cluster(id.shard)
        let entry = AuditEntry(
            .inviteRevoked, by: .init(caller.identity), from: caller.client, target: "invite:\(id)")
        try await audited(entry) { (entry) async throws(Refusal) in
            let invite = try found(await cluster.ask(.invite(id)), orElse: .notFound)
            entry.room = invite.room
            guard (try? authorize(caller, in: invite.room, needing: .moderate)) != nil else { throw .notFound }
            guard case .success = await cluster.ask(.revokeInvite(id)) else {
                throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
        }
    }

    /// Takes one use of an invite; answers `{token,namespace,room,grants,expiresAt}`.
    public func redeem(_ wanted: InviteRedemption, from client: ClientAddress) async throws(Refusal) -> [UInt8] {
        let peer = try Self.peer(wanted.peerID)
        guard let code = InviteCode(wanted.code), code.shard < clusters.count, let id = Self.id(of: code) else {
            throw .inviteInvalid
        }
        let redeemer = Self.digest(of: wanted.session.map { "session:" + $0 } ?? "once:" + Self.secret())
        let subject = "\(Self.inviteSubject)\(id):\(redeemer.prefix(16))"
        let entry = AuditEntry(.inviteRedeemed, by: .anonymous, from: client, target: "invite:\(id)")
        let invite = try await audited(entry) { (entry) async throws(Refusal) -> Invite in
            if let refusal = tooManyWrong(from: client) { throw refusal }
            let cluster = clusters.cluster(code.shard)
            try checkRedeemer(await cluster.ask(.invite(id)), as: peer, from: client)
            let reply = await cluster.ask(.redeemInvite(id, redeemer: redeemer))
            if case .success(.invite(nil)) = reply {
                // A code that opens nothing is a guess, as a wrong token is.
                try? await Task.sleep(for: .milliseconds(noteWrongToken(from: client)))
            }
            let invite = try found(reply, orElse: .inviteInvalid)
            entry.actor = .subject(subject)
            entry.room = invite.room
            entry.detail = "use \(invite.uses) of \(invite.maxUses)"
            return invite
        }
        let token = memberToken(invite, subject: subject, peer)
        guard let text = await signInvited(token) else { throw .internalError }
        var object = JSONObjectText()
        object.add("token", text)
        object.add("namespace", invite.room.namespace)
        object.add("room", invite.room.room)
        object.add("grants", invite.grants.names)
        object.add("expiresAt", token.expiresAt)
        return object.closed
    }

    /// Refuses whom a moderator keeps out of the room, before a use is taken; it looks like any other refusal.
    private func checkRedeemer(
        _ reply: Result<BackplaneReply, BackplaneError>, as peer: PeerID?, from client: ClientAddress
    ) throws(Refusal) {
        guard case .success(.invite(let invite?)) = reply else { return }
        do throws(Refusal) {
            try check(Principal(grants: invite.grants), as: peer, in: invite.room, from: client, needing: .join)
        } catch {
            throw .inviteInvalid
        }
    }

    private func found(
        _ reply: Result<BackplaneReply, BackplaneError>, orElse absent: Refusal
    ) throws(Refusal) -> Invite {
        switch reply {
        case .success(.invite(let invite?)): return invite
        case .success: throw absent
        case .failure: throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
    }

    /// What an invite is redeemed for.
    private func memberToken(_ invite: Invite, subject: String, _ peer: PeerID?) -> RoomToken {
        let now = clock.wall().milliseconds
        return RoomToken(
            subject: subject, id: Self.secret(), namespace: invite.room.namespace, room: invite.room.room, peer: peer,
            grants: invite.grants, notBefore: now, expiresAt: now + access.terms.maxLifetimeMs)
    }

    private static func id(of code: InviteCode) -> InviteID? {
        InviteID(shard: code.shard, digest: digest(of: code.text))
    }
}

extension Invite {
    fileprivate var json: JSONObjectText {
        var object = JSONObjectText()
        object.add("id", id.text)
        object.add("expiresAt", expiresAt)
        object.add("maxUses", maxUses)
        object.add("uses", uses)
        object.add("revoked", isRevoked)
        object.add("grants", grants.names)
        return object
    }
}

extension Refusal {
    static let inviteBounds = Refusal(
        status: 400, code: "invite_bounds", title: "Bad Request",
        sentence:
            "maxUses must be a whole number from 1 to \(Node.maxInviteUses), expiresInMs from \(Node.minInviteMs) to "
            + "\(Invite.maxLifeMs).")

    static let inviteGrants = Refusal(
        status: 403, code: "invite_grants", title: "Forbidden",
        sentence: "An invite gives join, and nothing that its issuer does not have.")

    static let invitePublic = Refusal(
        status: 409, code: "room_public", title: "Conflict",
        sentence: "This room is public: INVITE_NAMESPACES or the policy file make rooms that an invite is for.")

    static let tooManyInvites = Refusal(
        status: 409, code: "too_many_invites", title: "Conflict",
        sentence: "The room has so many invites that no other one can be kept; wait until some run out.")
}
