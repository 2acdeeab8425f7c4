import NIOCore
import SignalDomain
import SignalNode

/// What happens to the text of one message: it is read, stamped and framed.
extension Benchmark {
    static let scanner = scan("scanner", "180 B candidate read", Sample.candidate(), Sample.candidateBytes)

    static let offerScanner = scan("scanner-offer", "2.5 kB offer read", Sample.offer(), Sample.offerBytes)

    private static func scan(_ name: String, _ subject: String, _ message: ByteBuffer, _ bytes: Int) -> Benchmark {
        Benchmark(name, subject, workPerMessage: bytes) {
            { messages in
                var done = 0
                for _ in 0..<messages {
                    let scanned = try message.withUnsafeReadableBytes { try MessageScanner.scan($0) }
                    done += scanned.end + 1 - scanned.start
                }
                return done
            }
        }
    }

    /// Writes into memory that is there already, as it is in a frame.
    static let stamp = Benchmark("stamp", "180 B candidate stamped in place", workPerMessage: stampedBytes) {
        let message = Sample.candidate()
        let stamp = Stamp(peer: try Sample.peer(1), room: try Sample.room())
        let scanned = try message.withUnsafeReadableBytes { try MessageScanner.scan($0) }
        var out = [UInt8](repeating: 0, count: stamp.byteCount(scanned))
        return { messages in
            var done = 0
            for number in 0..<messages {
                let moment = Timestamp(milliseconds: 1_764_000_000_000 + Int64(number))
                done += message.withUnsafeReadableBytes { bytes in
                    out.withUnsafeMutableBytes { stamp.write(scanned, from: bytes, receivedAt: moment, into: $0) }
                }
            }
            return done
        }
    }

    /// The candidate, and `,"sourcePeerId":"peer-1","namespace":"bench","room":"room","receivedAt":"…"`.
    private static let stampedBytes = Sample.candidateBytes + 98

    static let frame = Benchmark("frame", "180 B candidate framed", workPerMessage: Sample.candidateBytes + 4) {
        let payload = Sample.candidate()
        return { messages in
            var done = 0
            for _ in 0..<messages { done += SignalFrame.text(payload).readableBytes }
            return done
        }
    }
}
