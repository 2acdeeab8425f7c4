import Backplane
import CoreMetrics
public import NIOCore
public import SignalDomain

/// Who may open a session: every check of the handshake after the path, in the order of protocol.md §2.
extension Node {
    /// Decides on an upgrade request. Called on `loop`, the event loop of the socket; answers there, now or later.
    ///
    /// An admitted session must see exactly one `closed`, which gives its slots back; a refusal has given them back.
    public func admit(
        _ request: HandshakeRequest, on loop: any EventLoop,
        completion: @escaping (Result<any SocketSession, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            let (room, peer) = try request.names()
            if isBlocked(request.client) { throw Refusal.blocked }
            try check(origin: request.origin)
            let place = try place(for: request, in: room, on: loop)
            let answer = { [self] (result: Result<any SocketSession, Refusal>) in
                if case .failure(let refusal) = result {
                    noteFailure(refusal, from: request.client)
                    releaseSlot(place.address, hasSlot: place.hasSlot)
                }
                completion(result)
            }
            switch request.dialect {
            case .one, .peerJS: enter(request, as: peer, at: place, on: loop, completion: answer)
            case .two: expect(request, as: peer, at: place, on: loop, completion: answer)
            case .topics: connect(request, at: place, on: loop, completion: answer)
            }
        } catch {
            completion(.failure(error))
        }
    }

    /// Takes the address's slot, as long as nobody says no.
    private func place(
        for request: HandshakeRequest, in room: RoomKey, on loop: any EventLoop
    ) throws(Refusal) -> Newcomer.Place {
        guard let shard = shards.first(where: { $0.loop === loop }) else { throw .internalError }
        let address = AddressKey(request.client)
        let isExempt = exempt.contains(request.client)
        guard let hasSlot = takeSlot(address, isExempt: isExempt) else {
            throw .tooManyConnections(retryAfterSeconds: retryAfterSeconds)
        }
        guard status.isReady || status.isDraining else {
            releaseSlot(address, hasSlot: hasSlot)
            throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
        return Newcomer.Place(
            room: room, client: request.client, address: address, hasSlot: hasSlot, isExempt: isExempt, shard: shard,
            region: request.region)
    }

    /// Dialect 1 and PeerJS: the token, the policy, then the peer ID.
    private func enter(
        _ request: HandshakeRequest, as peer: PeerID?, at place: Newcomer.Place, on loop: any EventLoop,
        completion: @escaping (Result<any SocketSession, Refusal>) -> Void
    ) {
        identify(reading(request, in: place.room), in: place.room, as: peer, on: loop) { [self] result in
            do throws(Refusal) {
                let identity = try result.get()
                let principal = try principal(
                    of: identity, in: place.room, as: peer, from: place.client, needing: .join)
                guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
                guard let peer = peer ?? principal.peer ?? randomPeer() else { throw .internalError }
                let session = Session(
                    place.seat(of: peer), node: self, identity: identity, principal: principal,
                    speaking: request.dialect)
                let answer = NIOLoopBound(completion, eventLoop: loop)
                let command = command(for: session, ownedBy: owner(of: principal, for: request))
                session.cluster.join(command, for: session) { [self] result in
                    answer.value(refusal(of: result).map { .failure($0) } ?? .success(session))
                }
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Dialect 2 is asked for its name and its token by the first frame, unless it gave them before.
    private func expect(
        _ request: HandshakeRequest, as peer: PeerID?, at place: Newcomer.Place, on loop: any EventLoop,
        completion: @escaping (Result<any SocketSession, Refusal>) -> Void
    ) {
        identify(request, in: place.room, as: peer, on: loop) { [self] result in
            do throws(Refusal) {
                let identity = try result.get()
                if identity != .anonymous {
                    _ = try principal(of: identity, in: place.room, as: peer, from: place.client, needing: .join)
                }
                guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
                completion(.success(Newcomer(at: place, as: peer, identity: identity, node: self)))
            } catch {
                completion(.failure(error))
            }
        }
    }

    func randomPeer() -> PeerID? {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return try? PeerID("peer-\(clock.wall().milliseconds)-\(random)")
    }

    private func check(origin: String?) throws(Refusal) {
        let access = configuration.access
        guard !access.allowedOrigins.isEmpty, let origin else { return }
        guard access.lists(origin: origin) else { throw .originRefused }
    }

    /// Asks for the place of a session that cannot resume.
    func command(for session: Session, ownedBy owner: String) -> JoinCommand {
        let seat = session.seat
        let record = MemberRecord(
            node: NodeInstance(bits: 0),
            session: SessionID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)),
            connection: seat.connection, owner: owner, flags: .legacy)
        return JoinCommand(
            room: seat.room, peer: seat.peer, record: record, capacity: capacity(of: seat.room),
            takeover: configuration.access.legacyReplace && session.dialect == .one ? .anyone : .sameOwner)
    }

    /// The most members of a room over the whole cluster; 0 = no limit.
    func capacity(of room: RoomKey) -> Int { rules(for: room).capacity ?? configuration.rooms.maxMembers }

    private func refusal(of answer: JoinAnswer) -> Refusal? {
        switch answer {
        case .admitted: nil
        case .inUse, .stale, .denied: .inUse
        case .full: .roomFull
        case .unavailable: .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
    }
}
