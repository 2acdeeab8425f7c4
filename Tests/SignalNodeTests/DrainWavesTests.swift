import Testing

@testable import SignalNode

@Suite("The waves of a drain")
struct DrainWavesTests {
    @Test("tell one session after the other, evenly, and close each the same notice later, within the time")
    func spread() {
        let waves = DrainWaves(sessions: 100, seconds: 12, noticeMs: 3_000)
        let announced = (0..<100).map(waves.announcedMs)
        #expect(waves.noticeMs == 3_000)
        #expect(announced.first == 0 && announced == announced.sorted())
        #expect(announced.allSatisfy { $0 + waves.noticeMs <= 12_000 })
        // Whoever moves at once: no second sees more than its share.
        for second in 0..<9 {
            #expect((11...12).contains(announced.count { $0 / 1_000 == second }), "second \(second)")
        }
    }

    @Test("give at most half of a short time to the notice, and none when all closes at once")
    func short() {
        #expect(DrainWaves(sessions: 3, seconds: 2, noticeMs: 3_000).noticeMs == 1_000)
        #expect(DrainWaves(sessions: 3, seconds: 2, noticeMs: 3_000).announcedMs(2) == 666)
        let atOnce = DrainWaves(sessions: 3, seconds: 0, noticeMs: 3_000)
        #expect(atOnce.noticeMs == 0 && (0..<3).allSatisfy { atOnce.announcedMs($0) == 0 })
    }

    @Test("ask nothing of a node without sessions")
    func empty() { #expect(DrainWaves(sessions: 0, seconds: 12, noticeMs: 3_000).announcedMs(0) == 0) }
}
