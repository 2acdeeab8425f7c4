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

/// The rendezvous requests of protocol.md §1.
extension Node {
    /// Checks the token of a registration, before anything of its body is read.
    public func registrant(_ caller: Caller) async throws(Refusal) -> IdentifiedCaller {
        do throws(Refusal) { return try await identify(caller, needing: .register) } catch {
            throw error.status == 401 ? RendezvousError.tokenRequired.refusal : error
        }
    }

    /// Registers a peer; answers its record as JSON.
    public func register(
        _ request: RegistrationRequest, by caller: IdentifiedCaller
    ) async throws(Refusal) -> [UInt8] {
        let bounds = rendezvousBounds
        let room: RoomKey
        let peer: PeerID
        let ttlMs: Int64
        do throws(RendezvousError) {
            room = try Self.room(request.namespace, request.room)
            try bounds.check(addresses: request.addresses, metadata: request.metadata)
            peer = try Self.peer(request.peerID)
            ttlMs = try RendezvousTTL.normalize(request.ttl, bounds: bounds)
        } catch {
            throw error.refusal
        }
        let registrant = try authorize(caller, in: room, as: peer, needing: .register)
        // What a record says is read by everybody in the room, as a signal is.
        guard !isMuted(registrant.principal, as: peer, from: AddressKey(caller.client), in: room) else { throw .muted }
        let registration = RendezvousRegistration(
            peer: peer, addresses: request.addresses, metadata: request.metadata, ttlMs: ttlMs,
            owner: registrant.owner)
        let newLines = try await reserve(registration, in: room, from: caller.client, registrant)
        let outcome: RendezvousOutcome
        do throws(Refusal) {
            outcome = try await rendezvous(.rendezvousRegister(room, registration), in: room)
        } catch {
            await release(newLines)
            throw error
        }
        guard case .registered(let entry) = outcome else { throw .internalError }
        metrics.rendezvousRegisters.increment()
        return entry.json(in: room)
    }

    /// Removes the caller's record; an absent one is no error.
    public func unregister(
        namespace: String?, room: String?, peerID: String, by caller: IdentifiedCaller
    ) async throws(Refusal) {
        let key: RoomKey
        let peer: PeerID
        do throws(RendezvousError) {
            key = try Self.room(namespace, room)
            peer = try Self.peer(peerID)
        } catch {
            throw error.refusal
        }
        let registrant = try authorize(caller, in: key, as: peer, needing: .register)
        _ = try await rendezvous(.rendezvousUnregister(key, peer, owner: registrant.owner), in: key)
        await release(peer, in: key, from: caller.client, registrant)
    }

    /// One page of the records of a room as JSON: `{namespace,room,peers,cookie,more}`.
    public func discover(
        namespace: String?, room: String?, limit: Int?, cookie: String?, by caller: Caller
    ) async throws(Refusal) -> [UInt8] {
        let key: RoomKey
        var position: RendezvousPosition?
        do throws(RendezvousError) { key = try Self.room(namespace, room) } catch { throw error.refusal }
        guard try await visitor(caller, in: key, needing: .discover).grants.contains(.discover) else {
            throw .unauthorized
        }
        do throws(RendezvousError) {
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
        return bounded(page, in: key, after: position)
    }

    /// The page as JSON, shortened until it has at most the configured bytes, or one record.
    private func bounded(_ page: RendezvousPage, in room: RoomKey, after position: RendezvousPosition?) -> [UInt8] {
        let limit = configuration.rendezvous.discoverBytes
        var shown = page
        while true {
            let text = json(of: shown, in: room)
            let count = shown.entries.count
            guard limit > 0, text.count > limit, count > 1 else { return text }
            shown = page.first(max(1, min(count - 1, count * limit / text.count)), after: position)
        }
    }

    private func json(of page: RendezvousPage, in room: RoomKey) -> [UInt8] {
        var out = Array("{\"namespace\":".utf8)
        out += JSONText.quote(room.namespace)
        out += Array(",\"room\":".utf8)
        out += JSONText.quote(room.room)
        out += Array(",\"peers\":[".utf8)
        for (index, entry) in page.entries.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += entry.json(in: room)
        }
        out += Array("],\"cookie\":".utf8)
        out += JSONText.quote(RendezvousCookie.encode(page.position, room: room, mac: { sign($0) }))
        out += Array(",\"more\":\(page.hasMore)}".utf8)
        return out
    }

    func rendezvous(
        _ command: BackplaneCommand, in room: RoomKey
    ) async throws(Refusal) -> RendezvousOutcome {
        switch await clusters[room].ask(command) {
        case .success(.rendezvous(.refused(let error))): throw error.refusal
        case .success(.rendezvous(let outcome)): return outcome
        case .success: throw .internalError
        case .failure: throw RendezvousError.unavailable(retryAfterSeconds: retryAfterSeconds).refusal
        }
    }

    static func room(_ namespace: String?, _ room: String?) throws(RendezvousError) -> RoomKey {
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
