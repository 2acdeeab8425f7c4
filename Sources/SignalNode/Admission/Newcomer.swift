import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// A socket of dialect 2 whose client has not said hello: who it is decides the first frame.
///
/// Confined to the event loop of its socket.
final class Newcomer: SocketSession {
    /// What the handshake fixed.
    struct Place: Sendable {
        var room: RoomKey
        let client: ClientAddress
        let address: AddressKey
        var hasSlot: Bool
        let isExempt: Bool
        let shard: LoopShard.Handle
        /// The TURN region that the client asks for.
        let region: String?

        func seat(of peer: PeerID) -> Session.Seat {
            Session.Seat(
                peer: peer, room: room, connection: ConnectionID(bits: .random(in: .min ... .max)), client: client,
                address: address, hasSlot: hasSlot, isExempt: isExempt, shard: shard, region: region)
        }
    }

    private enum Phase {
        case connecting
        case expecting(any SessionSocket, since: Int64)
        /// The token of the hello is being verified; what the client says meanwhile waits.
        case verifying(any SessionSocket, Backlog)
        case greeted(Session)
        case ended
    }

    let dialect = Dialect.two
    var isUnknown: Bool { if case .greeted = phase { false } else { true } }
    private let place: Place
    /// The name in the query, if there was one.
    private let named: PeerID?
    /// As whom the request itself proved the client; a token in the hello counts only without one there.
    private let identity: Identity
    private let node: Node
    private var phase = Phase.connecting

    init(at place: Place, as named: PeerID?, identity: Identity, node: Node) {
        self.place = place
        self.named = named
        self.identity = identity
        self.node = node
    }

    func open(on socket: any SessionSocket) {
        phase = .expecting(socket, since: node.clock.monotonicMs())
    }

    func receive(_ message: ByteBuffer) {
        switch phase {
        case .greeted(let session): session.receive(message)
        case .expecting(let socket, _): greet(message, socket)
        case .verifying(let socket, var backlog):
            if backlog.keep(message) {
                phase = .verifying(socket, backlog)
            } else {
                refuse(socket, .badRequest)
            }
        case .connecting, .ended: break
        }
    }

    func watch() {
        switch phase {
        case .greeted(let session): session.watch()
        case .expecting(let socket, let since):
            let patience = Int64(node.configuration.delivery.helloTimeoutMs)
            if patience > 0, node.clock.monotonicMs() - since > patience { refuse(socket, .helloTimeout) }
        case .connecting, .verifying, .ended: break
        }
    }

    func noteRoundTrip(_ milliseconds: Int64) {
        if case .greeted(let session) = phase { session.noteRoundTrip(milliseconds) }
    }

    func closed(_ end: SocketEnd) {
        if case .greeted(let session) = phase { return session.closed(end) }
        phase = .ended
        node.releaseSlot(place.address, hasSlot: place.hasSlot)
    }

    private func refuse(_ socket: any SessionSocket, _ reason: CloseReason) {
        phase = .ended
        socket.close(reason)
    }

    private func greet(_ message: ByteBuffer, _ socket: any SessionSocket) {
        node.metrics.received()
        message.withUnsafeReadableBytes { bytes in
            guard let scanned = try? MessageScanner.scan(bytes, limits: node.reliableScanLimits) else {
                return refuse(socket, .helloExpected)
            }
            do throws(HelloFault) {
                let limits = node.configuration.delivery
                let hello = try Hello(scanned, in: bytes, maxMetadataBytes: limits.peerMetadataBytes)
                // Who comes back may have come when the room was small.
                let members = node.directory.route(of: place.room)?.targets.members ?? 0
                if hello.resume == nil, members > limits.largeRoomMembers,
                    hello.metadata.utf8.count > limits.largeRoomMetadataBytes
                {
                    throw HelloFault.metadata(.tooLarge(maxBytes: limits.largeRoomMetadataBytes))
                }
                identify(hello, socket)
            } catch {
                refuse(socket, error.closing)
            }
        }
    }

    private func identify(_ hello: Hello, _ socket: any SessionSocket) {
        guard identity == .anonymous, let token = hello.token else { return enter(hello, as: identity, socket) }
        phase = .verifying(socket, Backlog())
        node.identify(Credentials(token: token), from: place.client, on: place.shard.loop) { [self] result in
            guard case .verifying(_, let backlog) = phase else { return }
            switch result {
            case .success(let identity):
                enter(hello, as: identity, socket)
                for message in backlog.messages { receive(message) }
            case .failure(let refusal):
                node.noteFailure(refusal, from: place.client)
                refuse(socket, refusal.closing ?? .unauthorized)
            }
        }
    }

    /// Begins the session that the hello asks for, or says why not.
    private func enter(_ hello: Hello, as identity: Identity, _ socket: any SessionSocket) {
        do throws(Refused) {
            if let named, let said = hello.peerID, named != said { throw Refused(.peerIDMismatch) }
            guard let id = SessionID(hello.sid) else { throw Refused(.badRequest) }
            let wanted = hello.peerID ?? named
            let principal = try principal(of: identity, as: wanted)
            guard let peer = wanted ?? principal.peer ?? node.randomPeer() else { throw Refused(.internalError) }
            if node.status.isDraining { throw Refused(.restart) }
            begin(hello, id, peer, identity, principal, socket)
        } catch {
            refuse(socket, error.reason)
        }
    }

    private struct Refused: Error {
        let reason: CloseReason
        init(_ reason: CloseReason) { self.reason = reason }
    }

    private func principal(of identity: Identity, as peer: PeerID?) throws(Refused) -> Principal {
        do throws(Refusal) {
            return try node.principal(of: identity, in: place.room, as: peer, from: place.client, needing: .join)
        } catch {
            node.noteFailure(error, from: place.client)
            throw Refused(error.closing ?? .forbidden)
        }
    }

    private func begin(
        _ hello: Hello, _ id: SessionID, _ peer: PeerID, _ identity: Identity, _ principal: Principal,
        _ socket: any SessionSocket
    ) {
        let seat = place.seat(of: peer)
        let token = hello.resume?.token ?? ResumeToken.random()
        let conversation = Conversation(
            stamp: Stamp(peer: peer, room: place.room, sourceSession: ResumeToken.publicName(of: hello.sid)),
            resumeToken: token, isHeard: hello.resume != nil, nowMs: node.clock.monotonicMs())
        let session = Session(
            seat, node: node, identity: identity, principal: principal, speaking: .two, conversation: conversation)
        phase = .greeted(session)
        session.open(on: socket)
        session.cluster.join(command(hello, id, token, principal, for: seat), for: session) { answer in
            if let reason = CloseReason(refusal: answer) { session.end(reason) }
        }
    }

    private func command(
        _ hello: Hello, _ id: SessionID, _ token: String, _ principal: Principal, for seat: Session.Seat
    ) -> JoinCommand {
        let isMuted = node.isMuted(principal, as: seat.peer, from: place.address, in: seat.room)
        let record = MemberRecord(
            node: NodeInstance(bits: 0), session: id, connectionNumber: hello.cn, connection: seat.connection,
            owner: node.owner(of: principal, from: place.client), resumeDigest: ResumeToken.digest(of: token),
            flags: hello.resume == nil ? .unheard : [],
            // What the others are shown is written as much as a signal is.
            metadata: principal.grants.contains(.write) && !isMuted ? hello.metadata : "")
        return JoinCommand(
            room: seat.room, peer: seat.peer, record: record, capacity: node.capacity(of: seat.room),
            hasProof: hello.resume != nil)
    }
}

extension CloseReason {
    /// How a socket of dialect 2 ends whose join was refused; nil = it was not.
    init?(refusal: JoinAnswer) {
        switch refusal {
        case .admitted: return nil
        case .inUse: self = .inUse
        case .stale: self = .stale
        case .denied: self = .unauthorized
        case .full: self = .roomFull
        case .unavailable: self = .unverified
        }
    }
}
