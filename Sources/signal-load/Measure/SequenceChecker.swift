/// Follows one sender's numbers 0, 1, 2 … at one receiver and names what is wrong with them.
struct SequenceChecker: Sendable {
    enum Verdict: Equatable { case next, late, duplicate }

    /// The first number that has not been passed yet.
    private(set) var next: UInt32 = 0
    /// Numbers that were overtaken and have not come.
    private var missing: Set<UInt32> = []

    /// A number that comes after a higher one is `late` (out of order), one that comes again a `duplicate`.
    ///
    /// - Precondition of the caller: `sequence` was really sent; else a made-up number could ask for a huge gap.
    mutating func observe(_ sequence: UInt32) -> Verdict {
        if sequence == next {
            next += 1
            return .next
        }
        if sequence > next {
            for skipped in next..<sequence { missing.insert(skipped) }
            next = sequence + 1
            return .next
        }
        return missing.remove(sequence) == nil ? .duplicate : .late
    }

    /// How many of the first `sent` numbers never came.
    func lost(ofSent sent: UInt32) -> Int {
        Int(sent) - Int(next) + missing.count
    }
}
