import Backplane
import CoreMetrics
import Logging
import NIOCore
public import SignalDomain

/// One peer on one socket: takes its messages, and is where messages for it arrive.
///
/// Confined to the event loop of its socket: the loop-bound box traps any other use. Only `holdReads`, `releaseReads` and
/// `dispatched` may be called from elsewhere; they hop.
public final class Session: SocketSession, Sendable {
    /// What the admission fixed: who sits where.
    struct Seat: Sendable {
        let peer: PeerID
        let room: RoomKey
        let connection: ConnectionID
        let client: ClientAddress
        let address: AddressKey
        /// Whether the session holds one of its address's connection slots.
        let hasSlot: Bool
        /// Whether the per-address rates leave this session alone.
        let isExempt: Bool
        let shard: LoopShard.Handle
        /// The TURN region that the client asks for.
        var region: String?

        var place: Place { Place(room: room, peer: peer) }
    }

    enum Phase {
        /// Admitted; the socket is not upgraded yet, and keeps what arrives early.
        case admitted([ByteBuffer])
        case open(any SessionSocket)
        /// Out of the room; the socket may still be closing.
        case ended
    }

    struct State {
        var phase = Phase.admitted([])
        /// As whom the peer has proven itself; a renewal may change it.
        var identity: Identity
        /// What that allows by the policy of now.
        var principal: Principal
        /// What holds for the room by the policy of now.
        var rules: RoomRules
        /// Signals without a token in this minute.
        var anonymousWrites: FixedWindow
        var repeats: RepeatedPayloads
        var turn = Turn()
        /// Until when a moderator has taken the word from the peer, in milliseconds since the epoch; 0 = it has it.
        var mutedUntil: Int64 = 0
        var iceAttempts = IceAttempts()
        /// Slow receivers that wait for this sender to pause.
        var holds = 0
        /// What a session of dialect 2 remembers.
        var conversation: Conversation?
        /// Who else is in the room on this loop; nil before the room is entered, and once it is left.
        var room: LocalRoom?
        /// What operators may read of the room later; nil before the room is entered, and when none is kept.
        var timeline: RoomTimeline?
        /// What a PeerJS client has sent and nobody has yet.
        var queues = PeerJSQueues()
    }

    let seat: Seat
    let stamp: Stamp
    let node: Node
    /// The shard of its room.
    let cluster: Cluster
    let state: NIOLoopBoundBox<State>
    public let dialect: Dialect

    init(
        _ seat: Seat, node: Node, identity: Identity, principal: Principal, speaking dialect: Dialect,
        conversation: sending Conversation? = nil
    ) {
        self.seat = seat
        self.node = node
        cluster = node.clusters[seat.room]
        self.dialect = dialect
        stamp = Stamp(peer: seat.peer, room: seat.room)
        state = .makeBoxSendingValue(
            State(
                identity: identity, principal: principal, rules: node.rules(for: seat.room),
                anonymousWrites: FixedWindow(startedMs: node.clock.monotonicMs()), repeats: node.makeRepeats(),
                conversation: conversation),
            eventLoop: seat.shard.loop)
    }

    /// The socket speaks WebSocket now: enters the room. Whoever has its place already is greeted at once, dialect 2 when
    /// it has got it.
    public func open(on socket: any SessionSocket) {
        guard case .admitted(let early) = state.value.phase else { return socket.close(.replaced) }
        state.value.phase = .open(socket)
        if dialect != .topics { node.metrics.opened() }
        log("peer.connected")
        greet(on: socket)
        if dialect != .two {
            for frame in early { socket.send(frame, from: nil) }
        }
        seat.shard.shard.enter(self)
        // The policy may have changed while the socket was upgraded; dialect 2 has only now been asked.
        if dialect != .two {
            note(.joined(dialect))
            reviewAccess()
        }
        node.events.publish(.joined(seat.peer, in: seat.room))
        reviewSanctions()
        reviewBlocks()
    }

    private func greet(on socket: any SessionSocket) {
        switch dialect {
        case .one:
            let welcome = ServerMessages.welcome(peer: seat.peer, room: seat.room, now: node.clock.wall())
            socket.send(SignalFrame.text(welcome), from: nil)
        case .peerJS: socket.send(SignalFrame.text(PeerJSAnswers.open), from: nil)
        case .two, .topics: break
        }
    }

    func relay(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer, to audience: Dialect? = nil) {
        let frame = SignalFrame.text(count: stamp.byteCount(message)) { out in
            stamp.write(message, from: bytes, receivedAt: node.clock.wall(), into: out)
        }
        node.router.relay(frame, of: message.signalKind, from: self, to: audience)
    }

    /// A frame for this peer; `sender` is a peer of this node, or nil.
    func deliver(_ frame: ByteBuffer, from sender: Session?) {
        switch state.value.phase {
        case .open(let socket):
            if state.value.conversation?.keepForLater(frame) == true { return }
            socket.send(frame, from: sender)
        case .admitted(let early): state.value.phase = .admitted(early + [frame])
        case .ended: break
        }
    }

    /// Ends the session from the node's side; the socket follows. A session of dialect 2 may come back, unless the
    /// cluster has given its place away.
    func end(_ reason: CloseReason) {
        let phase = state.value.phase
        if case .open = phase { note(.closed(reason)) }
        leave(dialect == .two ? .lost : .left(reason == .replaced ? .replaced : .left))
        if case .open(let socket) = phase { socket.close(reason) }
    }

    /// The socket is gone, or never came; called exactly once, whatever the way.
    public func closed(_ end: SocketEnd) {
        leave(dialect == .two && end != .clean(code: CloseReason.normal.code) ? .lost : .left(.left))
        node.release(seat)
    }

    func leave(_ departure: Departure) {
        switch state.value.phase {
        case .ended: return
        case .admitted: break
        case .open:
            seat.shard.shard.exit(self)
            if dialect != .topics { node.metrics.gone() }
            log("peer.disconnected")
            if case .left(let reason) = departure { note(.left(reason)) } else { note(.lost) }
            node.events.publish(.left(seat.peer, in: seat.room))
        }
        state.value.phase = .ended
        cluster.post(.departed(departure, self))
    }

    /// Who came and went, for whoever debugs; never an address, a token or a payload.
    private func log(_ event: Logger.Message) {
        node.logger.debug(
            event,
            metadata: ["namespace": "\(seat.room.namespace)", "room": "\(seat.room.room)", "peerId": "\(seat.peer)"])
    }

    /// Stops reading from the peer until as many `releaseReads` follow: what it sends piles up at a slow receiver.
    public func holdReads() {
        guard seat.shard.loop.inEventLoop else { return seat.shard.loop.execute { self.holdReads() } }
        state.value.holds += 1
        if state.value.holds == 1, case .open(let socket) = state.value.phase { socket.pauseReading() }
    }

    public func releaseReads() {
        guard seat.shard.loop.inEventLoop else { return seat.shard.loop.execute { self.releaseReads() } }
        state.value.holds -= 1
        if state.value.holds == 0, case .open(let socket) = state.value.phase { socket.resumeReading() }
    }
}
