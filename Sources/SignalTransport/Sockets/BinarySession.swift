package import NIOCore
package import SignalNode

/// A session that tells binary messages from texts; signaling sessions do not. Confined to its socket's loop.
package protocol BinarySession: SocketSession {
    /// One complete binary message of the peer.
    func receive(binary message: ByteBuffer)
}
