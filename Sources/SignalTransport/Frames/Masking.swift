import NIOCore
import NIOWebSocket

/// The client's mask (RFC 6455 §5.3), taken off eight bytes at a time.
extension ByteBuffer {
    /// Unmasks the readable bytes, which begin at the start of a frame's payload.
    mutating func unmask(_ key: WebSocketMaskingKey) {
        guard readableBytes > 0 else { return }
        withUnsafeMutableReadableBytes { Self.unmask($0, key) }
    }

    /// Appends the payload of a frame unmasked, so that it is copied once.
    mutating func append(masked payload: ByteBuffer, _ key: WebSocketMaskingKey) {
        let start = readableBytes
        writeImmutableBuffer(payload)
        withUnsafeMutableReadableBytes { bytes in
            Self.unmask(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), key)
        }
    }

    private static func unmask(_ bytes: UnsafeMutableRawBufferPointer, _ key: WebSocketMaskingKey) {
        let word = key.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let mask = (word << 32 | word).littleEndian
        var index = 0
        while index &+ 8 <= bytes.count {
            let masked = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            bytes.storeBytes(of: masked ^ mask, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: word >> UInt64((index & 3) * 8))
            index &+= 1
        }
    }
}
