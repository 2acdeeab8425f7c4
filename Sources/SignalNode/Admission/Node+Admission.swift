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
            let (room, peer) = try names(of: request)
            try check(origin: request.origin)
            if request.dialect == .two { return completion(.success(try newcomer(request, room, peer, on: loop))) }
            guard let peer = peer ?? randomPeer() else { throw .internalError }
            let session = try seat(request, room: room, peer: peer, on: loop)
            do throws(Refusal) {
                try check(token: request)
                guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
            } catch {
                release(session.seat)
                throw error
            }
            let answer = NIOLoopBound(completion, eventLoop: loop)
            session.cluster.join(command(for: session, request), for: session) { [self] result in
                if let refusal = refusal(of: result) {
                    release(session.seat)
                    answer.value(.failure(refusal))
                } else {
                    answer.value(.success(session))
                }
            }
        } catch {
            if error.status == 401 { metrics.authFailures.increment() }
            completion(.failure(error))
        }
    }

    /// Dialect 2 is asked for its name and its token by the first frame, unless it gave them before.
    private func newcomer(
        _ request: HandshakeRequest, _ room: RoomKey, _ peer: PeerID?, on loop: any EventLoop
    ) throws(Refusal) -> Newcomer {
        guard let shard = shards.first(where: { $0.loop === loop }) else { throw .internalError }
        let address = AddressKey(request.client)
        let isExempt = exempt.contains(request.client)
        guard let hasSlot = takeSlot(address, isExempt: isExempt) else {
            throw .tooManyConnections(retryAfterSeconds: retryAfterSeconds)
        }
        do throws(Refusal) {
            let token = SharedToken.token(
                authorization: request.authorization, protocolToken: request.protocolToken, query: request.queryToken)
            if token != nil { try check(token: request) }
            guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
            guard status.isReady else { throw .unavailable(retryAfterSeconds: retryAfterSeconds) }
            let ticket = Newcomer.Ticket(
                room: room, peer: peer, client: request.client, address: address, hasSlot: hasSlot,
                isExempt: isExempt, shard: shard, isAuthorized: token != nil || !sharedToken.isRequired,
                region: request.region)
            return Newcomer(ticket, node: self)
        } catch {
            releaseSlot(address, hasSlot: hasSlot)
            throw error
        }
    }

    private func names(of request: HandshakeRequest) throws(Refusal) -> (RoomKey, PeerID?) {
        do throws(NameError) {
            let room = try RoomKey(namespace: request.namespace, room: request.room)
            guard let text = request.peerID, !text.isEmpty else { return (room, nil) }
            return (room, try PeerID(text))
        } catch {
            throw .badName(error)
        }
    }

    func randomPeer() -> PeerID? {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return try? PeerID("peer-\(clock.wall().milliseconds)-\(random)")
    }

    private func check(origin: String?) throws(Refusal) {
        let allowed = configuration.access.allowedOrigins
        guard !allowed.isEmpty, let origin else { return }
        guard allowed.contains(origin.lowercased()) else { throw .originRefused }
    }

    private func check(token request: HandshakeRequest) throws(Refusal) {
        let token = SharedToken.token(
            authorization: request.authorization, protocolToken: request.protocolToken, query: request.queryToken)
        guard sharedToken.admits(token) else { throw .unauthorized }
    }

    private func seat(
        _ request: HandshakeRequest, room: RoomKey, peer: PeerID, on loop: any EventLoop
    ) throws(Refusal) -> Session {
        guard let shard = shards.first(where: { $0.loop === loop }) else { throw .internalError }
        let address = AddressKey(request.client)
        let isExempt = exempt.contains(request.client)
        guard let hasSlot = takeSlot(address, isExempt: isExempt) else {
            throw .tooManyConnections(retryAfterSeconds: retryAfterSeconds)
        }
        let seat = Session.Seat(
            peer: peer, room: room, connection: ConnectionID(bits: .random(in: .min ... .max)), address: address,
            hasSlot: hasSlot, isExempt: isExempt, shard: shard)
        guard status.isReady || status.isDraining else {
            release(seat)
            throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
        return Session(seat, node: self)
    }

    private func command(for session: Session, _ request: HandshakeRequest) -> JoinCommand {
        let seat = session.seat
        let record = MemberRecord(
            node: NodeInstance(bits: 0),
            session: SessionID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)),
            connection: seat.connection, owner: owner(of: request.client), flags: .legacy)
        return JoinCommand(
            room: seat.room, peer: seat.peer, record: record, capacity: configuration.rooms.maxMembers,
            takeover: configuration.access.legacyReplace ? .anyone : .sameOwner)
    }

    private func refusal(of answer: JoinAnswer) -> Refusal? {
        switch answer {
        case .admitted: nil
        case .inUse, .stale, .denied: .inUse
        case .full: .roomFull
        case .unavailable: .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
    }
}
