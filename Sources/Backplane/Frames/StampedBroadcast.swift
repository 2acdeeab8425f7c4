import NIOCore
import SignalDomain

/// A broadcast whose payload ends with the stamp of its sender, which nearly all do, travels without it: the header names
/// room and peer already, and the receiver writes the same bytes again. Only the time travels, behind the text.
extension ByteBuffer {
    /// Writes the type, the header and the payload of a broadcast.
    mutating func writeBroadcast(_ room: RoomKey, from peer: PeerID, _ payload: ByteBuffer) {
        payload.withUnsafeReadableBytes { text in
            let parts = Stamp(peer: peer, room: room).parts(of: text)
            writeInteger((parts == nil ? FrameType.broadcast : .stamped).rawValue)
            writeShort(room.text)
            writeShort(peer.text)
            if let parts {
                writeBytes(parts.body)
                writeBytes(parts.time)
            } else {
                writeBytes(text)
            }
        }
    }

    /// Takes all the bytes behind the type; nil when any field is off.
    mutating func readStamped() -> InboxFrame? {
        guard let room = readRoom(), let peer = readPeer(), readableBytes >= Timestamp.iso8601ByteCount else {
            return nil
        }
        let stamp = Stamp(peer: peer, room: room)
        var payload = ByteBufferAllocator().buffer(capacity: readableBytes + stamp.constantByteCount)
        withUnsafeReadableBytes { bytes in
            let body = bytes.count - Timestamp.iso8601ByteCount
            stamp.join(
                body: UnsafeRawBufferPointer(rebasing: bytes[..<body]),
                time: UnsafeRawBufferPointer(rebasing: bytes[body...])
            ) { payload.writeBytes($0) }
        }
        return .broadcast(room, from: peer, payload: payload)
    }
}
