public import NIOCore
public import SignalDomain

/// What a session may do with its socket. Confined to the event loop of the socket.
public protocol SessionSocket: AnyObject {
    /// Queues one complete server frame (RFC 6455); everything queued in one turn of the loop leaves in one flush.
    ///
    /// - Parameter sender: whose message it is, so that a sender on this node can be slowed down; nil = the server's own.
    func send(_ frame: ByteBuffer, from sender: Session?)

    /// Sends a close frame after what is queued and ends the connection.
    func close(_ reason: CloseReason)

    func pauseReading()
    func resumeReading()
}

/// How a socket ended.
public enum SocketEnd: Hashable, Sendable {
    /// The closing handshake took place, or the server closed; `code` is the peer's.
    case clean(code: UInt16)
    /// The connection broke.
    case lost
}
