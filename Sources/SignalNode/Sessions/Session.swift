import Backplane
import CoreMetrics
import Logging
public import NIOCore
import SignalDomain

/// One peer on one socket: takes its messages, and is where messages for it arrive.
///
/// Confined to the event loop of its socket: the loop-bound box traps any other use. Only `holdReads` and `releaseReads`
/// may be called from elsewhere; they hop.
public final class Session: Sendable {
    /// What the admission fixed: who sits where.
    struct Seat: Sendable {
        let peer: PeerID
        let room: RoomKey
        let connection: ConnectionID
        let address: AddressKey
        /// Whether the session holds one of its address's connection slots.
        let hasSlot: Bool
        /// Whether the per-address rates leave this session alone.
        let isExempt: Bool
        let shard: LoopShard.Handle
    }

    private enum Phase {
        /// Admitted; the socket is not upgraded yet.
        case admitted
        case open(any SessionSocket)
        /// Out of the room; the socket may still be closing.
        case ended
    }

    private struct State {
        var phase = Phase.admitted
        var repeats: RepeatedPayloads
        /// Slow receivers that wait for this sender to pause.
        var holds = 0
    }

    let seat: Seat
    private let stamp: Stamp
    private let node: Node
    private let state: NIOLoopBoundBox<State>

    init(_ seat: Seat, node: Node) {
        self.seat = seat
        self.node = node
        stamp = Stamp(peer: seat.peer, room: seat.room)
        state = NIOLoopBoundBox(State(repeats: node.makeRepeats()), eventLoop: seat.shard.loop)
    }

    /// The socket speaks WebSocket now: enters the room and says welcome.
    public func open(on socket: any SessionSocket) {
        guard case .admitted = state.value.phase else { return socket.close(.replaced) }
        state.value.phase = .open(socket)
        node.metrics.opened()
        log("peer.connected")
        socket.send(
            SignalFrame.text(ServerMessages.welcome(peer: seat.peer, room: seat.room, now: node.clock.wall())),
            from: nil)
        seat.shard.shard.enter(self)
    }

    /// One complete message of the peer: text in valid UTF-8, or binary that is taken as text.
    public func receive(_ message: ByteBuffer) {
        guard case .open(let socket) = state.value.phase else { return }
        node.metrics.messages.increment()
        guard node.admitMessage(from: seat) else { return reject(socket, .rateLimited) }
        message.withUnsafeReadableBytes { bytes in
            do throws(ScanError) {
                take(try MessageScanner.scan(bytes, limits: node.scanLimits), bytes, socket)
            } catch {
                reject(socket, error.code)
            }
        }
    }

    private func take(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer, _ socket: any SessionSocket) {
        switch message.type {
        case .heartbeat:
            socket.send(SignalFrame.text(ServerMessages.heartbeatAck(now: node.clock.wall())), from: nil)
        case .telemetry:
            node.metrics.report(TelemetryReport(message, in: bytes))
        case .reserved:
            reject(socket, .reservedType)
        case .ping:
            socket.send(SignalFrame.text(ServerMessages.pong), from: nil)
            relay(message, bytes)
        case .hello, .ack, .presence, .auth, .leave, .other:
            guard state.value.repeats.admit(PayloadHash.of(bytes), nowMs: node.clock.monotonicMs()) else {
                return reject(socket, .duplicatePayload)
            }
            relay(message, bytes)
        }
    }

    private func relay(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer) {
        let frame = SignalFrame.text(count: stamp.byteCount(message)) { out in
            stamp.write(message, from: bytes, receivedAt: node.clock.wall(), into: out)
        }
        node.router.relay(frame, from: self)
    }

    private func reject(_ socket: any SessionSocket, _ code: ErrorCode) {
        node.metrics.rejected(code)
        socket.send(SignalFrame.text(ServerMessages.error(code)), from: nil)
    }

    /// A frame for this peer; `sender` is a peer of this node, or nil.
    func deliver(_ frame: ByteBuffer, from sender: Session?) {
        guard case .open(let socket) = state.value.phase else { return }
        socket.send(frame, from: sender)
    }

    /// Ends the session from the node's side; the socket follows.
    func end(_ reason: CloseReason) {
        let phase = state.value.phase
        leave(reason == .replaced ? .replaced : .left)
        if case .open(let socket) = phase { socket.close(reason) }
    }

    /// The socket is gone, or never came; called exactly once, whatever the way.
    public func closed(_ end: SocketEnd) {
        leave(.left)
        node.release(seat)
    }

    private func leave(_ reason: LeaveReason) {
        switch state.value.phase {
        case .ended: return
        case .admitted: break
        case .open:
            seat.shard.shard.exit(self)
            node.metrics.gone()
            log("peer.disconnected")
        }
        state.value.phase = .ended
        node.cluster.leave(seat, reason)
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
