/// Work of a fixed kind, in which the CPU time of pieces is counted: 128 bytes hashed one by one, 1 KiB copied, and four
/// objects made and dropped, which is what messages mostly ask of a machine.
///
/// Every ceiling changes with it, so it stays what it is.
final class ReferenceLoop {
    private final class Link {
        let next: Link?
        let number: UInt64

        init(_ number: UInt64, next: Link?) {
            self.number = number
            self.next = next
        }
    }

    private let source = (0..<1_024).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    private var target = [UInt8](repeating: 0, count: 1_024)
    /// Depends on every step, so that none can be left out.
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(never)
    func run(_ passes: Int) {
        for _ in 0..<passes {
            source.withUnsafeBytes { bytes in target.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
            target[Int(truncatingIfNeeded: digest & 1_023)] ^= 1
            for byte in target[..<128] { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            var chain: Link?
            for number in 0..<4 { chain = Link(digest &+ UInt64(number), next: chain) }
            while let link = chain {
                digest ^= link.number
                chain = link.next
            }
        }
    }
}
