import NIOCore

/// The client's mask (RFC 6455 §5.3), taken off eight bytes at a time.
struct Mask {
    static let size = 4

    /// The four bytes of the key, twice, in the order of memory.
    private let word: UInt64

    /// - Parameter key: the four bytes of the wire; fewer leave the payload as it is.
    init(_ key: UnsafeRawBufferPointer) {
        guard key.count >= Self.size else {
            word = 0
            return
        }
        let half = UInt64(key.loadUnaligned(as: UInt32.self))
        word = half << 32 | half
    }

    /// Copies the payload of a frame without its mask; `out` has room for it.
    fileprivate func copy(_ masked: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer) {
        var index = 0
        while index &+ 8 <= masked.count {
            let bytes = masked.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            out.storeBytes(of: bytes ^ word, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        withUnsafeBytes(of: word) { key in
            while index < masked.count {
                out[index] = masked[index] ^ key[index & 3]
                index &+= 1
            }
        }
    }
}

extension ByteBuffer {
    /// Appends the whole payload of a frame without its mask.
    mutating func write(_ masked: UnsafeRawBufferPointer, unmaskedBy mask: Mask) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: masked.count) { out in
            mask.copy(masked, to: out)
            return masked.count
        }
    }
}
