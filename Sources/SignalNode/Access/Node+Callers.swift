import CoreMetrics
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
        let identity = try await identify(caller.credentials, from: caller.client)
        if identity == .anonymous, !access.policy.anonymousSomewhere.isSuperset(of: needed) {
            metrics.authFailures.increment()
            throw .unauthorized
        }
        return IdentifiedCaller(identity: identity, client: caller.client)
    }

    /// Whether a caller may do something in a room.
    ///
    /// - Parameter peer: the peer whose things are meant; a token for one peer is good for no other.
    public func authorize(
        _ caller: IdentifiedCaller, in room: RoomKey, as peer: PeerID? = nil, needing needed: Grants
    ) throws(Refusal) -> AuthorizedCaller {
        let principal = try principal(
            of: caller.identity, in: room, as: peer, from: caller.client, needing: needed)
        return AuthorizedCaller(owner: owner(of: principal, from: caller.client), principal: principal)
    }

    /// Both in one, for requests that name their room in the query.
    public func authorize(
        _ caller: Caller, in room: RoomKey, as peer: PeerID? = nil, needing needed: Grants
    ) async throws(Refusal) -> AuthorizedCaller {
        let identity = try await identify(caller.credentials, from: caller.client)
        return try authorize(
            IdentifiedCaller(identity: identity, client: caller.client), in: room, as: peer, needing: needed)
    }

    /// Lets operators through and nobody else: 401 without their token, 403 with another good one.
    public func authorizeOperator(_ caller: Caller) async throws(Refusal) -> AuthorizedCaller {
        if let refusal = refusal(of: caller.credentials, from: caller.client) { throw refusal }
        guard access.isOperator(caller.credentials) else {
            guard caller.credentials.token != nil else {
                metrics.authFailures.increment()
                throw .unauthorized
            }
            let identity = try await identify(caller.credentials, from: caller.client)
            // An open node takes any text for no token at all; here that is a wrong one.
            guard identity != .anonymous else {
                try? await Task.sleep(for: .milliseconds(noteWrongToken(from: caller.client)))
                metrics.authFailures.increment()
                throw .invalidToken
            }
            throw .forbidden
        }
        let principal = Principal(grants: .all, isAuthenticated: true, isOperator: true)
        return AuthorizedCaller(owner: owner(of: caller.client), principal: principal)
    }

    /// What a caller is in a room that it only looks at. In public rooms a token is a courtesy: without a good one the
    /// caller is nobody in particular, as on a server that never knew tokens.
    func visitor(_ caller: Caller, in room: RoomKey, needing needed: Grants) async throws(Refusal) -> Principal {
        let rules = rules(for: room)
        let nobody = Principal(grants: rules.anonymous)
        if rules.kind == .public, caller.credentials.token == nil { return nobody }
        do throws(Refusal) {
            return try await authorize(caller, in: room, needing: needed).principal
        } catch {
            guard rules.kind == .public else { throw error }
            return nobody
        }
    }
}
