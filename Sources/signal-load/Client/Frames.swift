import NIOCore
import NIOWebSocket

/// A frame from the server. Servers never mask and these never fragment, so it is a header and a slice.
struct ServerFrame {
    let opcode: WebSocketOpcode
    let payload: ByteBuffer
}

enum FrameViolation: Error {
    case masked, fragmented, reservedBits, unknownOpcode, tooLong
}

/// The longest message accepted from a server.
private let payloadLimitBytes = 16 << 20

extension ByteBuffer {
    /// Takes the next whole frame (RFC 6455 §5.2); nil while it is incomplete.
    mutating func readServerFrame() throws(FrameViolation) -> ServerFrame? {
        guard let first: UInt8 = getInteger(at: readerIndex), let second: UInt8 = getInteger(at: readerIndex + 1) else {
            return nil
        }
        guard first & 0x70 == 0 else { throw .reservedBits }
        guard first & 0x80 != 0, first & 0x0F != 0 else { throw .fragmented }
        guard second & 0x80 == 0 else { throw .masked }
        guard [0x1, 0x2, 0x8, 0x9, 0xA].contains(first & 0x0F),
            let opcode = WebSocketOpcode(encodedWebSocketOpcode: first & 0x0F)
        else { throw .unknownOpcode }

        var headerBytes = 2
        var length = Int(second)
        if length == 126 {
            guard let extended: UInt16 = getInteger(at: readerIndex + 2) else { return nil }
            (headerBytes, length) = (4, Int(extended))
        } else if length == 127 {
            guard let extended: UInt64 = getInteger(at: readerIndex + 2) else { return nil }
            guard extended <= UInt64(payloadLimitBytes) else { throw .tooLong }
            (headerBytes, length) = (10, Int(extended))
        }
        guard readableBytes >= headerBytes + length else { return nil }
        moveReaderIndex(forwardBy: headerBytes)
        return readSlice(length: length).map { ServerFrame(opcode: opcode, payload: $0) }
    }
}

/// A masked frame from a client, ready for the socket.
enum ClientFrame {
    static func encode(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, mask: UInt32) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(payload.count + 14)
        frame.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch payload.count {
        case ..<126:
            frame.writeInteger(0x80 | UInt8(payload.count))
        case ...Int(UInt16.max):
            frame.writeInteger(0x80 | UInt8(126))
            frame.writeInteger(UInt16(payload.count))
        default:
            frame.writeInteger(0x80 | UInt8(127))
            frame.writeInteger(UInt64(payload.count))
        }
        frame.writeInteger(mask)
        for (offset, byte) in payload.enumerated() {
            frame.writeInteger(byte ^ maskByte(mask, at: offset))
        }
        return frame
    }

    static func close(code: UInt16, mask: UInt32) -> ByteBuffer {
        encode(.connectionClose, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)], mask: mask)
    }

    /// The key byte for the payload byte at `offset`.
    @inline(__always)
    static func maskByte(_ mask: UInt32, at offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * (offset & 3)))
    }
}
