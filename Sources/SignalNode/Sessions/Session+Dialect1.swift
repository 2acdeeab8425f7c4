import CoreMetrics
import NIOCore
import SignalDomain

/// What peers of dialect 1 say (protocol, "Dialect 1").
extension Session {
    func take(_ message: ByteBuffer, _ socket: any SessionSocket) {
        countMessage()
        switch charge() {
        case .paid: break
        case .refused: return reject(socket, .rateLimited)
        case .postponed: return
        }
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
            let report = TelemetryReport(message, in: bytes)
            node.metrics.report(report, of: &state.value.iceAttempts)
            note(report)
        case .reserved:
            reject(socket, .reservedType)
        case .ping:
            guard chargeBroadcast(socket) else { return }
            socket.send(SignalFrame.text(ServerMessages.pong), from: nil)
            if case .granted = admitSignal() { repeatToRoom(message, bytes) }
        case .hello, .ack, .presence, .auth, .leave, .moderate, .other:
            guard chargeBroadcast(socket) else { return }
            if let refusal = refusal(of: bytes, mayRepeat: message.type == .ack) { return reject(socket, refusal) }
            repeatToRoom(message, bytes)
        }
    }

    /// Why a signal that is paid goes nowhere; nil = it may go.
    func refusal(of bytes: UnsafeRawBufferPointer, mayRepeat: Bool = false) -> ErrorCode? {
        switch admitSignal() {
        case .granted: break
        case .forbidden: return .forbidden
        case .tooMany: return .rateLimited
        }
        let now = node.clock.monotonicMs()
        return mayRepeat || state.value.repeats.admit(PayloadHash.of(bytes), nowMs: now) ? nil : .duplicatePayload
    }

    /// Whether the sender has paid for what everybody in the room gets.
    func chargeBroadcast(_ socket: any SessionSocket) -> Bool {
        switch charge(broadcastPrice) {
        case .paid: return true
        case .refused: reject(socket, .rateLimited)
        case .postponed: break
        }
        return false
    }

    /// Members that are free in dialect 1 and the server's own in dialect 2 reach only those who may see them: nobody can
    /// pass off a number or a session as the server's.
    private func repeatToRoom(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer) {
        noteSent(message.signalKind)
        guard message.ownsSequence, let cut = try? MessageScanner.scan(bytes, limits: node.reliableScanLimits) else {
            return relay(message, bytes)
        }
        relay(message, bytes, to: .one)
        relay(cut, bytes, to: .two)
    }

    func reject(_ socket: any SessionSocket, _ code: ErrorCode) {
        node.metrics.rejected(code)
        note(.refused(code))
        socket.send(SignalFrame.text(ServerMessages.error(code)), from: nil)
    }
}
