import SignalDomain
import Testing

@Suite("Budgets per key")
struct KeyedWindowsTests {
    @Test("each key has its own window, and a refusal says when it ends")
    func separates() {
        var windows = KeyedWindows<String>(limit: 2, windowMs: 1_000)
        #expect(windows.admit("a", nowMs: 0) == .admitted && windows.admit("a", nowMs: 400) == .admitted)
        #expect(windows.admit("a", nowMs: 500) == .refused(retryAfterMs: 500))
        #expect(windows.admit("b", nowMs: 500) == .admitted)
        #expect(windows.admit("a", nowMs: 1_000) == .admitted)
    }

    @Test("it never holds more keys than it may, refuses new ones while full, and forgets what has passed")
    func isBounded() {
        var windows = KeyedWindows<Int>(limit: 1, windowMs: 1_000, maxKeys: 3)
        for key in 0..<3 { #expect(windows.admit(key, nowMs: 0) == .admitted) }
        #expect(windows.admit(9, nowMs: 999) == .refused(retryAfterMs: 1_000))
        #expect(windows.count == 3)
        #expect(windows.admit(9, nowMs: 1_000) == .admitted)
        #expect(windows.count == 1)
    }

    @Test("no limit admits everybody and remembers nobody")
    func isOff() {
        var windows = KeyedWindows<Int>(limit: 0)
        for key in 0..<10 { #expect(windows.admit(key, nowMs: 0) == .admitted) }
        #expect(windows.count == 0)
    }
}
