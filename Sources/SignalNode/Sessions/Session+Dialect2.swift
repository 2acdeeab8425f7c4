import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// What peers of dialect 2 say (protocol, "Dialect 2").
extension Session {
    func hear(_ message: ByteBuffer, _ socket: any SessionSocket) {
        state.value.conversation?.heardAt = node.clock.monotonicMs()
        guard state.value.conversation?.isWelcomed == true else {
            if state.value.conversation?.keepMessage(message) == false { end(.badRequest) }
            return
        }
        countMessage()
        if state.value.conversation?.isHeard == false {
            state.value.conversation?.isHeard = true
            cluster.post(.heard(self))
        }
        message.withUnsafeReadableBytes { bytes in
            do throws(ScanError) {
                hear(try MessageScanner.scan(bytes, limits: node.reliableScanLimits), bytes, socket)
            } catch {
                refuseMalformed(error.code, socket)
            }
        }
    }

    private func hear(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer, _ socket: any SessionSocket) {
        do throws(CommandFault) {
            guard let command = try ClientCommand(message, in: bytes, maxMetadataBytes: maxMetadataBytes) else {
                return relay(message, bytes, socket)
            }
            let limit = node.configuration.delivery.controlMessagesPerSecond
            let now = node.clock.monotonicMs()
            guard state.value.conversation?.admitCommand(perSecond: limit, nowMs: now) == true else {
                if case .ack(let sequence) = command {
                    state.value.conversation?.keepReceipt(sequence)
                    return
                }
                return refuse(.rateLimited, retryAfterMs: 1_000, socket)
            }
            obey(command, socket)
        } catch {
            refuse(error.code, message: error.sentence, socket)
        }
    }

    private func obey(_ command: ClientCommand, _ socket: any SessionSocket) {
        switch command {
        case .heartbeat(let sequence):
            socket.send(SignalFrame.text(ServerMessages.heartbeatAck(now: node.clock.wall())), from: nil)
            if let sequence { cluster.post(.confirmed(sequence, self)) }
        case .ack(let sequence): cluster.post(.confirmed(sequence, self))
        case .presence(let metadata):
            guard grants.contains(.write) else { return refuse(.forbidden, socket) }
            cluster.post(.metadata(metadata, self))
        case .auth(let token): renew(token) { self.refuse(.forbidden, socket) }
        case .telemetry(let report):
            node.metrics.report(report, of: &state.value.iceAttempts)
            note(report)
        case .moderate(let command): moderate(command, socket)
        case .leave:
            leave(.left(.left))
            socket.close(.normal)
        }
    }

    private var maxMetadataBytes: Int {
        let limits = node.configuration.delivery
        let isLarge = (state.value.conversation?.members ?? 0) > limits.largeRoomMembers
        return isLarge ? limits.largeRoomMetadataBytes : limits.peerMetadataBytes
    }

    // MARK: Signals

    private func relay(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer, _ socket: any SessionSocket) {
        let id = SignalTarget.id(of: message, in: bytes)
        guard pay(1, id, socket) else { return }
        do throws(SignalFault) {
            let target = try SignalTarget(message, in: bytes, from: seat.peer, limits: node.signalLimits)
            if case .broadcast = target, !pay(broadcastPrice, id, socket) { return }
            switch admitSignal() {
            case .granted: break
            case .forbidden: return refuse(.forbidden, id: id, socket)
            case .tooMany(let retryAfterMs): return refuse(.rateLimited, id: id, retryAfterMs: retryAfterMs, socket)
            }
            guard
                message.type == .ping
                    || state.value.repeats.admit(PayloadHash.of(bytes), nowMs: node.clock.monotonicMs())
            else { return refuse(.duplicatePayload, id: id, socket) }
            switch target {
            case .broadcast:
                noteSent(message.signalKind)
                broadcast(message, bytes)
            case .direct(let peers):
                noteSent(message.signalKind, to: peers)
                send(message, bytes, stamp, to: peers, id: nil)
            case .confirmed(let peers, let id):
                guard let stamp = state.value.conversation?.confirmedStamp else { return }
                noteSent(message.signalKind, to: peers, id: id)
                send(message, bytes, stamp, to: peers, id: id)
            }
        } catch {
            refuse(error.code, id: id, message: error.sentence, socket)
        }
    }

    private func pay(_ price: Int, _ id: String?, _ socket: any SessionSocket) -> Bool {
        switch charge(price) {
        case .paid: return true
        case .refused(let retryAfterMs): refuse(.rateLimited, id: id, retryAfterMs: retryAfterMs, socket)
        case .postponed: break
        }
        return false
    }

    private func send(
        _ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer, _ stamp: Stamp, to peers: [PeerID], id: String?
    ) {
        var payload = ByteBufferAllocator().buffer(capacity: stamp.byteCount(message))
        payload.writeWithUnsafeMutableBytes(minimumWritableBytes: stamp.byteCount(message)) { out in
            stamp.write(message, from: bytes, receivedAt: node.clock.wall(), into: out)
        }
        for peer in peers {
            state.value.conversation?.underway += 1
            let signal = DirectedSignal(
                sender: seat.place, connection: seat.connection, to: peer, id: id, payload: payload)
            cluster.post(.signal(signal, self))
        }
    }

    /// Goes its direct way, unless directed signals of this peer are still on theirs.
    private func broadcast(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer) {
        guard let underway = state.value.conversation?.underway, underway > 0 else { return relay(message, bytes) }
        let frame = SignalFrame.text(count: stamp.byteCount(message)) { out in
            stamp.write(message, from: bytes, receivedAt: node.clock.wall(), into: out)
        }
        state.value.conversation?.underway += 1
        node.router.relayBehind(frame, from: self)
    }

    /// The cluster has passed one signal of this session on.
    func dispatched() {
        seat.shard.loop.execute { self.state.value.conversation?.underway -= 1 }
    }

    // MARK: Refusals

    func refuse(
        _ code: ErrorCode, id: String? = nil, message: String? = nil, retryAfterMs: Int64? = nil,
        _ socket: any SessionSocket
    ) {
        node.metrics.rejected(code)
        note(.refused(code))
        let text = ServerMessages.refusal(code, id: id, message: message, retryAfterMs: retryAfterMs)
        socket.send(SignalFrame.text(text), from: nil)
    }

    private func refuseMalformed(_ code: ErrorCode, _ socket: any SessionSocket) {
        let limit = node.configuration.messages.malformedPerMinute
        guard state.value.conversation?.admitMalformed(perMinute: limit, nowMs: node.clock.monotonicMs()) == true
        else { return end(.malformed) }
        refuse(code, socket)
    }

    // MARK: Time

    public func watch() {
        watchExpiry()
        watchQueues()
        guard let heardAt = state.value.conversation?.heardAt, case .open(let socket) = state.value.phase else {
            return
        }
        renewIceServers(socket)
        if let sequence = state.value.conversation?.takeReceipt() { cluster.post(.confirmed(sequence, self)) }
        let patience = Int64(node.configuration.delivery.clientHeartbeatMs) * 2
        if state.value.holds == 0, node.clock.monotonicMs() - heardAt > patience + patience / 10 {
            end(.heartbeatTimeout)
        }
    }

    public func noteRoundTrip(_ milliseconds: Int64) {
        if dialect == .two { cluster.post(.roundTrip(milliseconds, self)) }
    }
}
