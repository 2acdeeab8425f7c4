package import NIOCore
package import SignalDomain

/// Cuts the bytes of a peer into frames (RFC 6455 §5.2) and takes their masks off, in one copy and mostly without an
/// allocation.
///
/// A pure value: the same frames come out however the bytes are cut into packets, and no input can trap. It keeps the
/// beginning of a frame that has not arrived whole, and nothing while there is none. What a header promises is never
/// allocated before it has come.
package struct FrameReader {
    package enum Step: Equatable {
        case frame(Frame)
        /// The next frame has not arrived yet.
        case more
        /// No frame can follow: the connection is to be failed with this reason.
        case broken(CloseReason)
    }

    /// Payloads up to this size share the scratch space of the caller.
    private static let scratchBytes = 4_096

    private let maxPayloadBytes: Int
    private var bytes = ByteBuffer()
    /// Whether `bytes` are those of the read, which the channel uses again.
    private var isBorrowed = false
    private var isBroken = false

    package init(maxPayloadBytes: Int) { self.maxPayloadBytes = maxPayloadBytes }

    /// Takes what was read; `next` has to be asked until it wants more.
    package mutating func feed(_ data: ByteBuffer) {
        guard !isBroken else { return }
        if bytes.readableBytes == 0 {
            bytes = data
            isBorrowed = true
        } else {
            bytes.writeImmutableBuffer(data)
        }
    }

    /// Whether bytes wait behind the last frame.
    var hasBytes: Bool { bytes.readableBytes > 0 }

    /// The next whole frame.
    ///
    /// - Parameter scratch: where small payloads are put. The frame shares it: whoever keeps the payload copies it, or
    ///   the next one is allocated.
    package mutating func next(in scratch: inout ByteBuffer) -> Step {
        guard let header = bytes.withUnsafeReadableBytes(Header.init) else { return wait() }
        if let fault = header.fault(maxPayloadBytes: maxPayloadBytes) {
            isBroken = true
            bytes = ByteBuffer()
            return .broken(fault)
        }
        let count = Int(header.payloadBytes)
        guard bytes.readableBytes >= header.size + count else { return wait() }
        let payload = bytes.withUnsafeReadableBytes { raw in
            let masked = UnsafeRawBufferPointer(rebasing: raw[header.size..<header.size + count])
            guard header.isMasked else { return ByteBuffer(bytes: masked) }
            let key = UnsafeRawBufferPointer(rebasing: raw[header.size - Mask.size..<header.size])
            return Self.unmask(masked, Mask(key), in: &scratch)
        }
        bytes.moveReaderIndex(forwardBy: header.size + count)
        if bytes.readableBytes == 0 { bytes = ByteBuffer() }
        return .frame(Frame(head: header.first, isMasked: header.isMasked, payload: payload))
    }

    private static func unmask(
        _ masked: UnsafeRawBufferPointer, _ mask: Mask, in scratch: inout ByteBuffer
    ) -> ByteBuffer {
        guard masked.count <= scratchBytes else {
            var payload = ByteBufferAllocator().buffer(capacity: masked.count)
            payload.write(masked, unmaskedBy: mask)
            return payload
        }
        scratch.clear(minimumCapacity: scratchBytes)
        scratch.write(masked, unmaskedBy: mask)
        return scratch
    }

    /// Keeps the beginning of a frame in a buffer of its own.
    private mutating func wait() -> Step {
        if bytes.readableBytes == 0 {
            bytes = ByteBuffer()
        } else if isBorrowed || bytes.readerIndex > 0 {
            bytes = ByteBufferAllocator().buffer(buffer: bytes)
        }
        isBorrowed = false
        return .more
    }

    /// What stands before the payload.
    private struct Header {
        let first: UInt8
        let isMasked: Bool
        /// Bytes before the payload, those of the mask among them.
        let size: Int
        let payloadBytes: UInt64

        /// Nil until the length has arrived.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 2 else { return nil }
            first = bytes[0]
            isMasked = bytes[1] & 0x80 != 0
            let lengthBytes: Int
            switch bytes[1] & 0x7F {
            case 127: lengthBytes = 8
            case 126: lengthBytes = 2
            default: lengthBytes = 0
            }
            guard bytes.count >= 2 + lengthBytes else { return nil }
            payloadBytes =
                lengthBytes == 0
                ? UInt64(bytes[1] & 0x7F) : bytes[2..<2 + lengthBytes].reduce(0) { $0 << 8 | UInt64($1) }
            size = 2 + lengthBytes + (isMasked ? Mask.size : 0)
        }

        func fault(maxPayloadBytes: Int) -> CloseReason? {
            if payloadBytes > UInt64(max(maxPayloadBytes, 0)) { return .messageTooLarge }
            guard first & 0x08 != 0 else { return nil }
            let isWhole = first & 0x80 != 0
            return isWhole && payloadBytes <= UInt64(ControlFrame.maxPayloadBytes) ? nil : .protocolError
        }
    }
}
