import NIOCore
import SignalDomain

/// The frames that the transport itself sends: FIN set, no mask, at most 125 bytes (RFC 6455 §5.5).
enum ControlFrame {
    static let maxPayloadBytes = 125

    static func ping() -> ByteBuffer { encode(opcode: 0x9, payload: ByteBuffer()) }

    static func pong(_ payload: ByteBuffer) -> ByteBuffer { encode(opcode: 0xA, payload: payload) }

    /// A close frame with the code and the machine word of `reason`.
    static func close(_ reason: CloseReason) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.writeInteger(reason.code)
        payload.writeString(reason.word)
        return encode(opcode: 0x8, payload: payload)
    }

    /// The answer to a close frame: the same code, or none to none.
    static func closeEcho(_ code: UInt16?) -> ByteBuffer {
        encode(opcode: 0x8, payload: code.map { ByteBuffer(integer: $0) } ?? ByteBuffer())
    }

    private static func encode(opcode: UInt8, payload: ByteBuffer) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: 2 + payload.readableBytes)
        frame.writeInteger(0x80 | opcode)
        frame.writeInteger(UInt8(truncatingIfNeeded: min(payload.readableBytes, maxPayloadBytes)))
        frame.writeImmutableBuffer(payload)
        return frame
    }
}

/// What the payload of a close frame says (RFC 6455 §5.5.1, §7.4).
enum ClosePayload: Equatable {
    /// The code, or nil for an empty payload.
    case valid(UInt16?)
    /// One byte, or a code that must not be on the wire.
    case malformed
    /// The reason text is not UTF-8.
    case notUTF8

    init(_ payload: ByteBuffer) {
        guard payload.readableBytes > 0 else {
            self = .valid(nil)
            return
        }
        var rest = payload
        guard let code = rest.readInteger(as: UInt16.self), Self.isAllowed(code) else {
            self = .malformed
            return
        }
        self = rest.withUnsafeReadableBytes(UTF8Check.isValid) ? .valid(code) : .notUTF8
    }

    /// Codes that a peer may send; 1004–1006 and 1015 never travel, the rest below 3000 is not registered.
    static func isAllowed(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
