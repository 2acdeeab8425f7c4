import NIOCore
import SignalDomain
import SignalNode
import SignalTransport

/// A session that sends every message back as it came. Confined to its socket's loop.
final class EchoSession: BinarySession {
    let dialect = Dialect.one
    private var socket: (any SessionSocket)?

    func open(on socket: any SessionSocket) { self.socket = socket }

    func receive(_ message: ByteBuffer) { socket?.send(SignalFrame.text(message), from: nil) }

    func receive(binary message: ByteBuffer) { socket?.send(SignalFrame.binary(message), from: nil) }

    func watch() {}

    func noteRoundTrip(_ milliseconds: Int64) {}

    func closed(_ end: SocketEnd) { socket = nil }
}
