import Backplane
import CoreMetrics
public import SignalDomain

/// A registration as a client sent it; its types are checked, its bounds are not.
public struct RegistrationRequest: Sendable {
    public var namespace: String?
    public var room: String?
    public var peerID: String
    public var addresses: [String]
    /// A JSON object.
    public var metadata: String
    /// Milliseconds; nil when the client names none.
    public var ttl: Double?

    public init(
        namespace: String?, room: String?, peerID: String, addresses: [String], metadata: String, ttl: Double?
    ) {
        self.namespace = namespace
        self.room = room
        self.peerID = peerID
        self.addresses = addresses
        self.metadata = metadata
        self.ttl = ttl
    }
}

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

/// A caller whose token was checked: only `Node.authorize` makes one.
public struct AuthorizedCaller: Sendable {
    /// Who owns what the caller registers.
    let owner: String
    public let principal: Principal
}

/// The rendezvous requests of protocol.md §1.
extension Node {
    /// Checks the token of a request, before anything of its body is read.
    public func authorize(_ caller: Caller) throws(Refusal) -> AuthorizedCaller {
        let token = SharedToken.token(authorization: caller.authorization, query: caller.queryToken)
        guard sharedToken.admits(token) else {
            metrics.authFailures.increment()
            throw RendezvousError.tokenRequired.refusal
        }
        return AuthorizedCaller(owner: owner(of: caller.client), principal: .anonymous)
    }

    /// Registers a peer; answers its record as JSON.
    public func register(
        _ request: RegistrationRequest, by caller: AuthorizedCaller
    ) async throws(Refusal) -> [UInt8] {
        let bounds = rendezvousBounds
        let room: RoomKey
        let registration: RendezvousRegistration
        do throws(RendezvousError) {
            room = try Self.room(request.namespace, request.room)
            try bounds.check(addresses: request.addresses, metadata: request.metadata)
            registration = RendezvousRegistration(
                peer: try Self.peer(request.peerID), addresses: request.addresses, metadata: request.metadata,
                ttlMs: try RendezvousTTL.normalize(request.ttl, bounds: bounds), owner: caller.owner)
        } catch {
            throw error.refusal
        }
        guard case .registered(let entry) = try await rendezvous(.rendezvousRegister(room, registration), in: room)
        else {
            throw .internalError
        }
        metrics.rendezvousRegisters.increment()
        return entry.json(in: room)
    }

    /// Removes the caller's record; an absent one is no error.
    public func unregister(
        namespace: String?, room: String?, peerID: String, by caller: AuthorizedCaller
    ) async throws(Refusal) {
        let key: RoomKey
        let peer: PeerID
        do throws(RendezvousError) {
            key = try Self.room(namespace, room)
            peer = try Self.peer(peerID)
        } catch {
            throw error.refusal
        }
        _ = try await rendezvous(.rendezvousUnregister(key, peer, owner: caller.owner), in: key)
    }

    /// One page of the records of a room as JSON: `{namespace,room,peers,cookie,more}`.
    public func discover(
        namespace: String?, room: String?, limit: Int?, cookie: String?
    ) async throws(Refusal) -> [UInt8] {
        let key: RoomKey
        var position: RendezvousPosition?
        do throws(RendezvousError) {
            key = try Self.room(namespace, room)
            if let cookie, !cookie.isEmpty {
                position = try RendezvousCookie.decode(cookie, room: key, mac: { sign($0) })
            }
        } catch {
            throw error.refusal
        }
        let limit = rendezvousBounds.discoverLimit(limit)
        let command = BackplaneCommand.rendezvousDiscover(key, limit: limit, after: position)
        guard case .page(let page) = try await rendezvous(command, in: key) else { throw .internalError }
        metrics.rendezvousDiscovers.increment()
        var out = Array("{\"namespace\":".utf8)
        out += JSONText.quote(key.namespace)
        out += Array(",\"room\":".utf8)
        out += JSONText.quote(key.room)
        out += Array(",\"peers\":[".utf8)
        for (index, entry) in page.entries.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += entry.json(in: key)
        }
        out += Array("],\"cookie\":".utf8)
        out += JSONText.quote(RendezvousCookie.encode(page.position, room: key, mac: { sign($0) }))
        out += Array(",\"more\":\(page.hasMore)}".utf8)
        return out
    }

    private func rendezvous(
        _ command: BackplaneCommand, in room: RoomKey
    ) async throws(Refusal) -> RendezvousOutcome {
        switch await clusters[room].ask(command) {
        case .success(.rendezvous(.refused(let error))): throw error.refusal
        case .success(.rendezvous(let outcome)): return outcome
        case .success: throw .internalError
        case .failure: throw RendezvousError.unavailable(retryAfterSeconds: retryAfterSeconds).refusal
        }
    }

    private static func room(_ namespace: String?, _ room: String?) throws(RendezvousError) -> RoomKey {
        do throws(NameError) {
            return try RoomKey(namespace: namespace, room: room)
        } catch {
            throw .invalidName(error)
        }
    }

    private static func peer(_ text: String) throws(RendezvousError) -> PeerID {
        do throws(NameError) {
            return try PeerID(text)
        } catch {
            throw .invalidName(error)
        }
    }
}
