import NIOCore
import Testing

@testable import RedisWire

@Suite("What Sentinels say")
struct SentinelAnswerTests {
    private func array(_ words: String...) -> RESPValue {
        .array(words.map { .bulk(ByteBuffer(string: $0)) })
    }

    @Test("the address of the primary is a host and a port")
    func address() {
        #expect(SentinelAnswer.primary(in: array("10.0.0.1", "6379")) == .success(.init(host: "10.0.0.1", port: 6379)))
        #expect(
            SentinelAnswer.primary(in: array("redis-0.local", "1")) == .success(.init(host: "redis-0.local", port: 1)))
    }

    @Test("anything else is a failure, never a place")
    func garbage() {
        let broken = [
            .null, .integer(1), .simple("OK"), .array([]), array("h"), array("h", "0"), array("h", "65536"),
            array("h", "+1"), array("", "1"), array("h", "1", "2"), .array([.null, .null]),
            .array([.bulk(ByteBuffer(bytes: [0xFF])), .integer(1)]),
        ]
        for reply in broken {
            #expect(throws: RedisError.self, "\(reply)") { try SentinelAnswer.primary(in: reply).get() }
        }
    }

    @Test("a message about this primary names its new place, any other message none")
    func switches() {
        func place(_ text: String) -> RedisEndpoint? {
            SentinelAnswer.newPrimary(in: Array(text.utf8), of: "main")
        }
        #expect(place("main 10.0.0.1 6379 10.0.0.2 6380") == RedisEndpoint(host: "10.0.0.2", port: 6380))
        for text in [
            "", "main", "other 10.0.0.1 6379 10.0.0.2 6380", "main 10.0.0.1 6379 10.0.0.2", "main a 1 b 2 c",
            "main 10.0.0.1 6379 10.0.0.2 x", "main 10.0.0.1 6379 10.0.0.2 99999",
        ] {
            #expect(place(text) == nil, "\(text)")
        }
    }

    @Test("the Sentinel that answered comes first, the others keep their order")
    func rotation() {
        let (a, b, c) = (
            RedisEndpoint(host: "a", port: 1), RedisEndpoint(host: "b", port: 1), RedisEndpoint(host: "c", port: 1)
        )
        var rotation = SentinelRotation([a, b, c])
        rotation.promote(c)
        #expect(rotation.order == [c, a, b])
        rotation.promote(c)
        rotation.promote(RedisEndpoint(host: "d", port: 1))
        #expect(rotation.order == [c, a, b])
        #expect((0..<4).map { _ in rotation.next() } == [c, a, b, c])
        var empty = SentinelRotation([])
        #expect(empty.next() == nil)
    }
}
