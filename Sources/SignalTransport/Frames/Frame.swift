package import NIOCore

/// One WebSocket frame of a peer (RFC 6455 §5.2), with its mask taken off.
package struct Frame: Equatable, Sendable {
    enum Opcode: UInt8, Sendable {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    /// FIN, the reserved bits and the opcode, as on the wire.
    let head: UInt8
    let isMasked: Bool
    let payload: ByteBuffer

    package init(head: UInt8, isMasked: Bool, payload: ByteBuffer) {
        self.head = head
        self.isMasked = isMasked
        self.payload = payload
    }

    var isFinal: Bool { head & 0x80 != 0 }
    var hasReservedBits: Bool { head & 0x70 != 0 }
    var isControl: Bool { head & 0x08 != 0 }
    /// Nil for one that the protocol does not know.
    var opcode: Opcode? { Opcode(rawValue: head & 0x0F) }
}
