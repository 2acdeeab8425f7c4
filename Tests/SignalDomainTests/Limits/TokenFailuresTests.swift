import SignalDomain
import Testing

@Suite("TokenFailures")
struct TokenFailuresTests {
    let guesser = AddressKey(ClientAddress(ipv4: 1))
    let other = AddressKey(ClientAddress(ipv4: 2))
    private let minute: Int64 = 60_000

    @Test("the first wrong tokens are free, then answers come late, after fifteen no token is checked")
    func escalates() {
        var failures = TokenFailures()
        let delays = (0..<15).map { _ in failures.record(guesser, nowMs: 0) }
        #expect(delays == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 250, 500, 1_000, 2_000, 4_000])
        #expect(failures.admit(guesser, nowMs: 0) == .refused(retryAfterMs: 3 * minute))
        #expect(failures.admit(other, nowMs: 0) == .admitted)
    }

    @Test("one failure is forgotten every three minutes, so nobody is locked out for good")
    func decays() {
        var failures = TokenFailures()
        for _ in 0..<15 { _ = failures.record(guesser, nowMs: 0) }
        #expect(failures.admit(guesser, nowMs: 3 * minute - 1) == .refused(retryAfterMs: 1))
        #expect(failures.admit(guesser, nowMs: 3 * minute) == .admitted)
        _ = failures.record(guesser, nowMs: 3 * minute)
        #expect(failures.admit(guesser, nowMs: 4 * minute) == .refused(retryAfterMs: 2 * minute))
        // Much later nothing is left.
        #expect(failures.record(guesser, nowMs: 60 * minute) == 0)
        failures.prune(nowMs: 90 * minute)
        #expect(failures.count == 0)
    }

    @Test("a guesser gets at most a burst and one try every three minutes")
    func bounds() {
        var failures = TokenFailures()
        var tries = 0
        for now in stride(from: Int64(0), to: 24 * 60 * minute, by: 1_000)
        where failures.admit(guesser, nowMs: now) == .admitted {
            tries += 1
            _ = failures.record(guesser, nowMs: now)
        }
        #expect(tries <= 15 + 24 * 20)
    }

    @Test("the memory is bounded, and those who are counted stay counted")
    func bounded() {
        var limits = TokenFailures.Limits()
        limits.maxAddresses = 100
        var failures = TokenFailures(limits: limits)
        for _ in 0..<15 { _ = failures.record(guesser, nowMs: 0) }
        for address in 10..<1_000 { _ = failures.record(AddressKey(ClientAddress(ipv4: UInt32(address))), nowMs: 1) }
        #expect(failures.count == 100)
        #expect(failures.admit(guesser, nowMs: 1) != .admitted)
    }

    @Test("0 counts nothing")
    func off() {
        var limits = TokenFailures.Limits()
        limits.max = 0
        var failures = TokenFailures(limits: limits)
        for _ in 0..<100 { #expect(failures.record(guesser, nowMs: 0) == 0) }
        #expect(failures.admit(guesser, nowMs: 0) == .admitted && failures.count == 0)
    }
}
