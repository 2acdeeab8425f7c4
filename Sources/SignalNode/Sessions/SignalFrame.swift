public import NIOCore
import SignalDomain

/// Server-to-client text frames (RFC 6455 §5.2): written once per message and shared by all receivers.
public enum SignalFrame {
    /// A final, unmasked text frame around `text`.
    public static func text(_ text: some Collection<UInt8>) -> ByteBuffer {
        var frame = header(payload: text.count)
        frame.writeBytes(text)
        return frame
    }

    public static func text(_ payload: ByteBuffer) -> ByteBuffer {
        var frame = header(payload: payload.readableBytes)
        frame.writeImmutableBuffer(payload)
        return frame
    }

    /// A final, unmasked binary frame around `payload`.
    package static func binary(_ payload: ByteBuffer) -> ByteBuffer {
        var frame = header(payload: payload.readableBytes, opcode: 0x82)
        frame.writeImmutableBuffer(payload)
        return frame
    }

    /// A text frame around `payload` with its number on this connection (`SequencedText`).
    static func text(_ payload: ByteBuffer, sequence: UInt64) -> ByteBuffer {
        let count = SequencedText.byteCount(payload: payload.readableBytes, seq: sequence)
        return text(count: count) { out in
            payload.withUnsafeReadableBytes { SequencedText.write(payload: $0, seq: sequence, into: out) }
        }
    }

    /// A text frame whose payload `fill` writes in place; it returns the number of bytes, at most `count`.
    static func text(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Int) -> ByteBuffer {
        var frame = header(payload: count)
        frame.writeWithUnsafeMutableBytes(minimumWritableBytes: count, fill)
        return frame
    }

    /// What is inside a frame that was written here.
    static func payload(of frame: ByteBuffer) -> ByteBuffer {
        var payload = frame
        let header =
            switch frame.getInteger(at: frame.readerIndex + 1, as: UInt8.self) ?? 0 {
            case 127: 10
            case 126: 4
            default: 2
            }
        payload.moveReaderIndex(forwardBy: min(header, payload.readableBytes))
        return payload
    }

    private static func header(payload count: Int, opcode: UInt8 = 0x81) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: count + 10)
        frame.writeInteger(opcode)
        if count < 126 {
            frame.writeInteger(UInt8(count))
        } else if count <= 0xFFFF {
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(count))
        } else {
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(count))
        }
        return frame
    }
}
