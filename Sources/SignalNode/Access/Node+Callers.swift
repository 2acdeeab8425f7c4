public import SignalDomain

/// Who sends an HTTP request.
public struct Caller: Sendable {
    /// The value of the `Authorization` header.
    public var authorization: String?
    /// `?token=`
    public var queryToken: String?
    /// The address behind the trusted proxies.
    public var client: ClientAddress

    public init(authorization: String?, queryToken: String?, client: ClientAddress) {
        self.authorization = authorization
        self.queryToken = queryToken
        self.client = client
    }
}

/// A caller whose token was checked, before the room is known: only `Node.identify` makes one.
public struct IdentifiedCaller: Sendable {
    let identity: Identity
    let client: ClientAddress
}

/// A caller who may do what was asked for in one room: only `Node.authorize` makes one.
public struct AuthorizedCaller: Sendable {
    /// Who owns what the caller makes: a keyed hash of the token's subject, or of the client address.
    public let owner: String
    public let principal: Principal
}

/// The callers of HTTP requests.
extension Node {
    /// Checks the token of a request whose room stands in its body, before anything of the body is read.
    ///
    /// - Parameter needed: refused at once is who may do this nowhere.
    public func identify(_ caller: Caller, needing needed: Grants) async throws(Refusal) -> IdentifiedCaller {
        do throws(Refusal) {
            let identity = try await identify(caller.credentials, from: caller.client)
            if identity == .anonymous, !access.policy.anonymousSomewhere.isSuperset(of: needed) {
                throw await refusal(ofNobody: caller)
            }
            return IdentifiedCaller(identity: identity, client: caller.client)
        } catch {
            noteFailure(error, from: caller.client)
            throw error
        }
    }

    /// Whether a caller may do something in a room.
    ///
    /// - Parameter peer: the peer whose things are meant; a token for one peer is good for no other.
    public func authorize(
        _ caller: IdentifiedCaller, in room: RoomKey, as peer: PeerID? = nil, needing needed: Grants
    ) throws(Refusal) -> AuthorizedCaller {
        do throws(Refusal) {
            let principal = try principal(
                of: caller.identity, in: room, as: peer, from: caller.client, needing: needed)
            return AuthorizedCaller(owner: owner(of: principal, from: caller.client), principal: principal)
        } catch {
            noteFailure(error, from: caller.client)
            throw error
        }
    }

    /// Both in one, for requests that name their room in the query.
    public func authorize(
        _ caller: Caller, in room: RoomKey, as peer: PeerID? = nil, needing needed: Grants
    ) async throws(Refusal) -> AuthorizedCaller {
        try authorize(try await identify(caller, needing: []), in: room, as: peer, needing: needed)
    }

    /// Lets operators through and nobody else: 401 without a good token, 403 with one that is no operator's.
    ///
    /// - Parameter entry: learns who it is, also when the answer is no.
    func authorizeOperator(_ caller: Caller, for entry: inout AuditEntry) async throws(Refusal) {
        switch try await identify(caller, needing: [], for: &entry).identity {
        case .operator: return
        case .anonymous:
            let refusal = await refusal(ofNobody: caller)
            noteFailure(refusal, from: caller.client)
            throw refusal
        case .sharedToken, .roomToken: throw .forbidden
        }
    }

    /// A node that knows no other token takes any text for none; where somebody in particular is needed, it is a wrong one.
    private func refusal(ofNobody caller: Caller) async -> Refusal {
        guard caller.credentials.token != nil else { return .unauthorized }
        try? await Task.sleep(for: .milliseconds(noteWrongToken(from: caller.client)))
        return .invalidToken
    }

    /// What a caller is in a room that it only looks at.
    func visitor(_ caller: Caller, in room: RoomKey, needing needed: Grants) async throws(Refusal) -> Principal {
        try visitor(
            try await identity(of: caller, visiting: room), in: room, from: caller.client, needing: needed)
    }

    /// As whom a caller looks at a room. In public rooms a token is a courtesy: without a good one the caller is nobody in
    /// particular, as on a server that never knew tokens.
    func identity(of caller: Caller, visiting room: RoomKey) async throws(Refusal) -> Identity {
        let isPublic = rules(for: room).kind == .public
        if isPublic, caller.credentials.token == nil { return .anonymous }
        do throws(Refusal) {
            return try await identify(caller, needing: []).identity
        } catch {
            guard isPublic else { throw error }
            return .anonymous
        }
    }

    /// The same once it is known who looks. A token that does not fit a public room makes its holder nobody there; what
    /// moderators decided holds for nobody too.
    func visitor(
        _ identity: Identity, in room: RoomKey, from client: ClientAddress, needing needed: Grants
    ) throws(Refusal) -> Principal {
        do throws(Refusal) {
            let rules = rules(for: room)
            guard rules.kind == .public else {
                return try principal(of: identity, in: room, as: nil, from: client, needing: needed)
            }
            let principal =
                (try? rules.principal(of: identity, in: room, needing: needed)) ?? Principal(grants: rules.anonymous)
            try check(principal, as: principal.peer, in: room, from: client, needing: needed)
            return principal
        } catch {
            noteFailure(error, from: client)
            throw error
        }
    }
}
