import Testing

@testable import signal_load

@Suite("A client comes back")
struct ReconnectPolicyTests {
    private let client = Client()

    /// Outside of the suite's value, so that an expectation may ask it.
    private final class Client {
        var policy = ReconnectPolicy()
        var random = SeededRandom(seed: 7)
    }

    private func pause(_ end: ConnectionEnd, hint: Int? = nil) -> Int? {
        client.policy.pauseMs(after: end, hintMs: hint, windowMs: 30_000, using: &client.random)
    }

    @Test(
        "never when the close code forbids it",
        arguments: [
            (4409, "replaced"), (4409, "stale"), (4403, "banned"), (4404, "room_closed"), (4401, "unauthorized"),
            (1000, "normal"),
        ] as [(UInt16, String)])
    func never(code: UInt16, reason: String) { #expect(pause(.closed(code: code, reason: reason)) == nil) }

    @Test("after the pause that a draining node named", arguments: [1001, 1012] as [UInt16])
    func hint(code: UInt16) {
        #expect(pause(.closed(code: code, reason: "restart"), hint: 777) == 777)
        #expect(pause(.closed(code: code, reason: "restart")) != nil)
    }

    @Test("after the window when another session holds its name")
    func inUse() { #expect(pause(.closed(code: 4409, reason: "in_use")) == 30_000) }

    @Test("almost at once after a lost socket and after 4408, and later and later when that does not help")
    func atOnce() throws {
        #expect(try #require(pause(.closed(code: 4408, reason: "unconfirmed"))) <= ReconnectPolicy.firstBackoffMs)
        client.policy.succeeded()
        #expect(try #require(pause(.lost)) <= ReconnectPolicy.firstBackoffMs)
        var longest = 0
        for _ in 0..<20 {
            let next = try #require(pause(.unreachable))
            #expect(next <= ReconnectPolicy.longestBackoffMs)
            longest = max(longest, next)
        }
        #expect(longest >= ReconnectPolicy.longestBackoffMs / 2)
        client.policy.succeeded()
        #expect(try #require(pause(.lost)) <= ReconnectPolicy.firstBackoffMs)
    }

    @Test("after a second or more when the server is overloaded")
    func overloaded() throws {
        for _ in 0..<5 {
            #expect(try #require(pause(.closed(code: 1013, reason: "overloaded"))) >= ReconnectPolicy.overloadedMs)
        }
    }

    @Test("as after a lost socket when it does not know the code")
    func unknown() throws {
        #expect(try #require(pause(.closed(code: 4999, reason: "?"))) <= ReconnectPolicy.firstBackoffMs)
    }
}

@Suite("Recent signals")
struct RecentSignalsTests {
    @Test("forget the oldest of a source after 1,024, and only of that source")
    func limit() {
        var recent = RecentSignals()
        func insert(_ source: String, _ id: String) -> Bool { recent.insert(source: source, id: id) }
        for id in 0..<RecentSignals.limitPerSource { #expect(insert("a", "\(id)")) }
        #expect(insert("b", "0"))
        #expect(!insert("a", "0"))
        #expect(insert("a", "one more"))
        #expect(insert("a", "0"))
        #expect(!insert("a", "2"))
        #expect(!insert("b", "0"))
    }
}
