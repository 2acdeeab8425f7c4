import SignalDomain
import Testing

@Suite("TokenBucket")
struct TokenBucketTests {
    @Test("a full bucket gives a burst, then as much as flows in")
    func burstAndRate() {
        var bucket = TokenBucket(size: 10, nowMs: 0)
        for _ in 0..<10 { #expect(bucket.take(size: 10, refillMs: 1_000, nowMs: 0) == .admitted) }
        #expect(bucket.take(size: 10, refillMs: 1_000, nowMs: 0) == .refused(retryAfterMs: 100))
        #expect(bucket.take(size: 10, refillMs: 1_000, nowMs: 99) == .refused(retryAfterMs: 1))
        #expect(bucket.take(size: 10, refillMs: 1_000, nowMs: 100) == .admitted)
        #expect(bucket.used(size: 10, refillMs: 1_000, nowMs: 100) == 10)
        #expect(bucket.used(size: 10, refillMs: 1_000, nowMs: 600) == 5)
        #expect(bucket.used(size: 10, refillMs: 1_000, nowMs: 9_000) == 0)
    }

    @Test("what others took is missing here, and comes back when they do")
    func elsewhere() {
        var bucket = TokenBucket(size: 10, nowMs: 0)
        #expect(bucket.take(3, size: 10, refillMs: 1_000, elsewhere: 8, nowMs: 0) == .refused(retryAfterMs: 100))
        #expect(bucket.take(2, size: 10, refillMs: 1_000, elsewhere: 8, nowMs: 0) == .admitted)
        #expect(bucket.take(1, size: 10, refillMs: 1_000, elsewhere: .max, nowMs: 0) != .admitted)
        #expect(bucket.take(1, size: 10, refillMs: 1_000, elsewhere: .min, nowMs: 0) == .admitted)
    }

    @Test("what costs more than a bucket holds passes when it is full")
    func largerThanTheBucket() {
        var bucket = TokenBucket(size: 10, nowMs: 0)
        #expect(bucket.take(1_000, size: 10, refillMs: 1_000, nowMs: 0) == .admitted)
        #expect(bucket.take(1_000, size: 10, refillMs: 1_000, nowMs: 999) != .admitted)
        #expect(bucket.take(.max, size: 10, refillMs: 1_000, nowMs: 1_000) == .admitted)
    }

    @Test("over any time at most a burst and the rate pass, and whoever waits as told is admitted")
    func neverMore() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let size = Int.random(in: 1...50, using: &random)
            var bucket = TokenBucket(size: size, nowMs: 0)
            var now: Int64 = 0
            var passed = 0
            for _ in 0..<400 {
                switch bucket.take(size: size, refillMs: 1_000, nowMs: now) {
                case .admitted: passed += 1
                case .refused(let wait):
                    now += wait
                    #expect(bucket.take(size: size, refillMs: 1_000, nowMs: now) == .admitted, "seed \(seed)")
                    passed += 1
                }
                now += Int64.random(in: 0...20, using: &random)
                let most = Double(size) + Double(now) * Double(size) / 1_000
                #expect(Double(passed) <= most + 0.001, "seed \(seed)")
            }
        }
    }
}
