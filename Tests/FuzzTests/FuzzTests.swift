import Testing

@testable import signal_fuzz

/// The short run of what `make fuzz` does a million times.
@Suite("The fuzzer")
struct FuzzTests {
    @Test("finds nothing in a few thousand new inputs of each reader", arguments: FuzzName.allCases)
    func shortRun(_ name: FuzzName) async {
        let seed = UInt64.random(in: 0...999_999_999)
        let result = await FuzzRun(name, seed: seed).run(cases: 3_000)
        #expect(result.findings.isEmpty, "\(result.text)")
        #expect(result.cases == 3_000)
        // Neither all good nor all bad: both ways through the reader are taken.
        #expect(result.accepted > 100 && result.accepted < 3_000, "\(result.text)")
    }

    @Test("gives the same inputs for the same seed, so that a finding can be repeated", arguments: FuzzName.allCases)
    func isRepeatable(_ name: FuzzName) async {
        let first = await FuzzRun(name, seed: 42).run(cases: 300).accepted
        #expect(await FuzzRun(name, seed: 42).run(cases: 300).accepted == first)
    }
}
