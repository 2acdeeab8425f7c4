import SignalDomain
import Testing

@Suite("Repeated payloads")
struct RepeatedPayloadsTests {
    private func detector(maxEqual: Int) -> RepeatedPayloads {
        var limits = RepeatedPayloads.Limits()
        limits.maxEqual = maxEqual
        return RepeatedPayloads(limits: limits)
    }

    @Test("20 equal payloads pass and the next do not, until 10 s after the first")
    func refusesTheOneTooMany() {
        var detector = RepeatedPayloads()
        for time: Int64 in 0..<20 { #expect(detector.admit(7, nowMs: time * 100) == true) }
        #expect(!detector.admit(7, nowMs: 2000) && !detector.admit(7, nowMs: 9999))
        #expect(detector.admit(8, nowMs: 2000) == true)
        for time: Int64 in 0..<20 { #expect(detector.admit(7, nowMs: 10_000 + time) == true) }
        #expect(detector.admit(7, nowMs: 10_020) == false)
    }

    @Test("different payloads never disturb, and five retries of each are no abuse")
    func admitsRetries() {
        var detector = RepeatedPayloads()
        for chunk: UInt64 in 0..<200 {
            for _ in 0..<5 { #expect(detector.admit(chunk, nowMs: 0) == true) }
        }
    }

    @Test("a repeat is seen between 31 other payloads, and the memory for them stays bounded")
    func seesRepeatsBetweenOthers() {
        var detector = detector(maxEqual: 10)
        var admitted = 0
        for number: UInt64 in 0..<(32 * 50) {
            let isRepeat = number % 32 == 0
            if detector.admit(isRepeat ? 1 : 1000 + number, nowMs: 0), isRepeat { admitted += 1 }
        }
        #expect(admitted == 10)
    }

    @Test("a limit of 0 is no limit")
    func switchesOff() {
        var detector = detector(maxEqual: 0)
        for _ in 0..<100 { #expect(detector.admit(1, nowMs: 0) == true) }
    }

    @Test("the fingerprint tells payloads apart that differ in one bit, in length or in order")
    func fingerprints() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let hash = { (bytes: [UInt8]) in bytes.withUnsafeBytes(PayloadHash.of) }
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(hash(bytes) == hash(Array(bytes)))
            var others = [bytes + [0], Array(bytes.dropFirst()) + [1, 2]]
            for at in bytes.indices {
                var flipped = bytes
                flipped[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                others.append(flipped)
            }
            let hashes = Set(others.map(hash))
            #expect(hashes.count == Set(others).count && !hashes.contains(hash(bytes)), "seed \(seed)")
        }
        let blocks = (0..<8).map { [UInt8](repeating: UInt8($0), count: 8) }
        #expect(hash(Array(blocks.joined())) != hash(Array(blocks.reversed().joined())))
    }
}
