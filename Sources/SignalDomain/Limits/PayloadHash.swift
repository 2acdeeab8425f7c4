/// A fast 64-bit fingerprint of a payload, for telling repeats of one sender apart.
///
/// It is not cryptographic: who crafts two payloads with one fingerprint only makes their own second one look
/// repeated.
public enum PayloadHash {
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var lanes = (seed, ~seed, seed &* odd, ~seed &* odd)
        var at = 0
        // Four independent lanes let the multiplications overlap.
        while at &+ 32 <= bytes.count {
            lanes.0 = mix(lanes.0, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            lanes.1 = mix(lanes.1, bytes.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self))
            lanes.2 = mix(lanes.2, bytes.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self))
            lanes.3 = mix(lanes.3, bytes.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self))
            at &+= 32
        }
        var hash = mix(mix(mix(lanes.0, lanes.1), lanes.2), lanes.3)
        while at &+ 8 <= bytes.count {
            hash = mix(hash, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at &+= 8
        }
        var tail = UInt64(bytes.count) << 56
        for (place, byte) in bytes[at...].enumerated() { tail ^= UInt64(byte) << UInt64(8 * place) }
        return mix(mix(hash, tail), odd)
    }

    private static let seed: UInt64 = 0x243F_6A88_85A3_08D3
    private static let odd: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* odd
        return (product ^ product >> 29) &+ state << 7
    }
}
