import CoreMetrics
import NIOCore
import SignalDomain

/// What peers of dialect 1 say (protocol, "Dialect 1").
extension Session {
    func take(_ message: ByteBuffer, _ socket: any SessionSocket) {
        node.metrics.messages.increment()
        guard node.admitMessage(from: seat) == .admitted else { return reject(socket, .rateLimited) }
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

    private func reject(_ socket: any SessionSocket, _ code: ErrorCode) {
        node.metrics.rejected(code)
        socket.send(SignalFrame.text(ServerMessages.error(code)), from: nil)
    }
}
