import NIOCore
import SignalDomain
import SignalNode

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The clocks of the machine.
enum SystemClock {
    static let node = NodeClock(
        monotonicMs: { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) },
        wall: { Timestamp(milliseconds: wallMicros() / 1_000) })

    /// Microseconds since the epoch.
    @Sendable static func wallMicros() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
