import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Remembers the case that runs, so that a process that dies can still say which one it was.
enum CaseWitness {
    private static let current = Atomic<UInt64>(0)

    static func begin(_ seed: UInt64) { current.store(seed, ordering: .relaxed) }

    /// Writes the seed to standard error when the process is about to die of a trap.
    static func install() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] { signal(number, Self.report) }
    }

    private static let words: StaticString = "died in the case of --seed "

    /// Only what a signal handler may do: no allocation, two `write`s.
    private static let report: @convention(c) (Int32) -> Void = { number in
        let words = CaseWitness.words
        _ = write(2, words.utf8Start, words.utf8CodeUnitCount)
        var rest = CaseWitness.current.load(ordering: .relaxed)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { digits in
            var start = digits.count - 1
            digits[start] = UInt8(ascii: "\n")
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            _ = write(2, digits.baseAddress.map { $0 + start }, digits.count - start)
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
