import Backplane
import CoreMetrics
import Crypto
import NIOCore
import SignalDomain

/// A socket of dialect 2 whose client has not said hello: who it is decides the first frame.
///
/// Confined to the event loop of its socket.
final class Newcomer: SocketSession {
    /// What the handshake fixed.
    struct Ticket {
        let room: RoomKey
        /// The name in the query, if there was one.
        let peer: PeerID?
        let client: ClientAddress
        let address: AddressKey
        let hasSlot: Bool
        let isExempt: Bool
        let shard: LoopShard.Handle
        /// Whether the request carried a valid token, or none is needed.
        let isAuthorized: Bool
    }

    private enum Phase {
        case connecting
        case expecting(any SessionSocket, since: Int64)
        case greeted(Session)
        case ended
    }

    let dialect = Dialect.two
    var isUnknown: Bool { if case .greeted = phase { false } else { true } }
    private let ticket: Ticket
    private let node: Node
    private var phase = Phase.connecting

    init(_ ticket: Ticket, node: Node) {
        self.ticket = ticket
        self.node = node
    }

    func open(on socket: any SessionSocket) {
        phase = .expecting(socket, since: node.clock.monotonicMs())
    }

    func receive(_ message: ByteBuffer) {
        switch phase {
        case .greeted(let session): session.receive(message)
        case .expecting(let socket, _): greet(message, socket)
        case .connecting, .ended: break
        }
    }

    func watch() {
        switch phase {
        case .greeted(let session): session.watch()
        case .expecting(let socket, let since):
            let patience = Int64(node.configuration.delivery.helloTimeoutMs)
            if patience > 0, node.clock.monotonicMs() - since > patience { refuse(socket, .helloTimeout) }
        case .connecting, .ended: break
        }
    }

    func noteRoundTrip(_ milliseconds: Int64) {
        if case .greeted(let session) = phase { session.noteRoundTrip(milliseconds) }
    }

    func closed(_ end: SocketEnd) {
        if case .greeted(let session) = phase { return session.closed(end) }
        phase = .ended
        node.releaseSlot(ticket.address, hasSlot: ticket.hasSlot)
    }

    private func refuse(_ socket: any SessionSocket, _ reason: CloseReason) {
        phase = .ended
        socket.close(reason)
    }

    private func greet(_ message: ByteBuffer, _ socket: any SessionSocket) {
        node.metrics.messages.increment()
        let reason: CloseReason? = message.withUnsafeReadableBytes { bytes in
            guard let scanned = try? MessageScanner.scan(bytes, limits: node.reliableScanLimits) else {
                return .helloExpected
            }
            do throws(HelloFault) {
                let limit = node.configuration.delivery.peerMetadataBytes
                return enter(try Hello(scanned, in: bytes, maxMetadataBytes: limit), socket)
            } catch {
                return error.closing
            }
        }
        if let reason { refuse(socket, reason) }
    }

    /// Begins the session that the hello asks for, or says why not.
    private func enter(_ hello: Hello, _ socket: any SessionSocket) -> CloseReason? {
        if let named = ticket.peer, let said = hello.peerID, named != said { return .peerIDMismatch }
        guard let peer = hello.peerID ?? ticket.peer ?? node.randomPeer() else { return .internalError }
        guard let id = SessionID(hello.sid) else { return .badRequest }
        if !ticket.isAuthorized, !node.sharedToken.admits(hello.token) {
            node.metrics.authFailures.increment()
            return .unauthorized
        }
        if node.status.isDraining { return .restart }
        let seat = Session.Seat(
            peer: peer, room: ticket.room, connection: ConnectionID(bits: .random(in: .min ... .max)),
            address: ticket.address, hasSlot: ticket.hasSlot, isExempt: ticket.isExempt, shard: ticket.shard)
        let token = hello.resume?.token ?? ResumeToken.random()
        let conversation = Conversation(
            stamp: Stamp(peer: peer, room: ticket.room, sourceSession: ResumeToken.publicName(of: hello.sid)),
            resumeToken: token, isHeard: hello.resume != nil, nowMs: node.clock.monotonicMs())
        let session = Session(seat, node: node, conversation: conversation)
        phase = .greeted(session)
        session.open(on: socket)
        session.cluster.join(command(hello, id, token, for: seat), for: session) { answer in
            if let reason = CloseReason(refusal: answer) { session.end(reason) }
        }
        return nil
    }

    private func command(_ hello: Hello, _ id: SessionID, _ token: String, for seat: Session.Seat) -> JoinCommand {
        let record = MemberRecord(
            node: NodeInstance(bits: 0), session: id, connectionNumber: hello.cn, connection: seat.connection,
            owner: node.owner(of: ticket.client), resumeDigest: ResumeToken.digest(of: token),
            flags: hello.resume == nil ? .unheard : [], metadata: hello.metadata)
        return JoinCommand(
            room: seat.room, peer: seat.peer, record: record, capacity: node.configuration.rooms.maxMembers,
            hasProof: hello.resume != nil)
    }
}

/// The secret that brings a client back to its session, and what others may know of either.
enum ResumeToken {
    /// 128 random bits as base64url.
    static func random() -> String {
        Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// What the shared state keeps of a token: half of its SHA-256, in hexadecimal.
    static func digest(of token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).prefix(16).hexadecimal
    }

    /// What other peers see of a session: base64url of the first 12 bytes of SHA-256 over `bs:s:` and its `sid`.
    static func publicName(of sid: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array("bs:s:\(sid)".utf8)).prefix(12)))
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
