import Testing

@testable import signal_load

@Suite("A sequence checker")
struct SequenceCheckerTests {
    @Test(
        "names what is wrong with a sequence",
        arguments: [
            ([0, 1, 2, 3], 0, 0, 0), ([], 4, 0, 0), ([0, 1, 3], 1, 0, 0), ([0, 1, 2], 1, 0, 0), ([1, 2, 3], 1, 0, 0),
            ([0, 0, 1, 2, 3], 0, 1, 0), ([0, 2, 1, 3], 0, 0, 1), ([3, 2, 1, 0], 0, 0, 3),
            ([0, 2, 2, 1, 1, 3], 0, 2, 1),
        ] as [([UInt32], Int, Int, Int)])
    func verdicts(arrived: [UInt32], lost: Int, duplicates: Int, late: Int) {
        var checker = SequenceChecker()
        let verdicts = arrived.map { checker.observe($0) }
        #expect(checker.lost(ofSent: 4) == lost)
        #expect(verdicts.count { $0 == .duplicate } == duplicates)
        #expect(verdicts.count { $0 == .late } == late)
    }

    @Test("finds every seeded fault in a long shuffled sequence", arguments: [11, 12, 13] as [UInt64])
    func seeded(seed: UInt64) {
        var random = SplitMix(state: seed)
        var checker = SequenceChecker()
        var arrivals: [UInt32] = []
        var (dropped, repeated, swapped) = (0, 0, 0)
        var number: UInt32 = 0
        while number < 10_000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: dropped += 1
            case 1:
                repeated += 1
                arrivals += [number, number]
            case 2:
                swapped += 1
                arrivals += [number + 1, number]
                number += 1
            default: arrivals.append(number)
            }
            number += 1
        }
        let verdicts = arrivals.map { checker.observe($0) }
        #expect(checker.lost(ofSent: number) == dropped, "seed \(seed)")
        #expect(verdicts.count { $0 == .duplicate } == repeated, "seed \(seed)")
        #expect(verdicts.count { $0 == .late } == swapped, "seed \(seed)")
    }
}
