import NIOCore
import SignalDomain
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The clocks of the machine.
enum SystemClock {
    static let node = NodeClock(
        monotonicMs: { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) },
        wall: { Timestamp(milliseconds: wallMicros() / 1_000) })

    /// Microseconds since the epoch.
    @Sendable static func wallMicros() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
