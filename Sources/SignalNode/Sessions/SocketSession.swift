public import NIOCore
public import SignalDomain

/// What a socket talks to: a session, or a newcomer of dialect 2 that has not said hello. Confined to the socket's loop.
public protocol SocketSession: AnyObject {
    /// The contract that this socket was opened for.
    var dialect: Dialect { get }

    /// Whether the client still has to say who it is.
    var isUnknown: Bool { get }

    /// The socket speaks WebSocket now.
    func open(on socket: any SessionSocket)

    /// One complete message of the peer in valid UTF-8.
    func receive(_ message: ByteBuffer)

    /// A look at the clock, some times per second.
    func watch()

    /// How long the peer took to answer a ping, in milliseconds.
    func noteRoundTrip(_ milliseconds: Int64)

    /// The socket is gone, or never came; called exactly once, whatever the way.
    func closed(_ end: SocketEnd)
}

extension SocketSession {
    public var isUnknown: Bool { false }
}
