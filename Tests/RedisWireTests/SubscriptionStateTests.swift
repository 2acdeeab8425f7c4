import NIOCore
import Testing

@testable import RedisWire

@Suite("State of a subscription")
struct SubscriptionStateTests {
    private func bulk(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }
    private func confirmation(_ channel: String) -> RESPValue {
        .array([bulk("subscribe"), bulk(channel), .integer(1)])
    }

    @Test("it is confirmed by the last of its channels, in any order")
    func confirmation() {
        var state = SubscriptionState(channels: ["a", "b"])
        #expect(!state.isConfirmed)
        #expect(state.receive(confirmation("b")) == .nothing)
        #expect(state.receive(confirmation("a")) == .confirmed)
        #expect(state.isConfirmed)
    }

    @Test("a message carries its channel and payload")
    func message() {
        var state = SubscriptionState(channels: [])
        let value = RESPValue.array([bulk("message"), bulk("a"), bulk("hello")])
        #expect(state.receive(value) == .message(channel: "a", payload: ByteBuffer(string: "hello")))
    }

    @Test("both forms of PONG are silent")
    func pong() {
        var state = SubscriptionState(channels: ["a"])
        #expect(state.receive(.array([bulk("pong"), bulk("")])) == .nothing)
        #expect(state.receive(.simple("PONG")) == .nothing)
    }

    @Test("an error reply ends the connection with that error")
    func serverError() {
        let error = RedisServerError(line: Array("NOPERM no channel".utf8))
        var state = SubscriptionState(channels: ["a"])
        #expect(state.receive(.error(error)) == .broken(.server(error)))
    }

    @Test(
        "whatever is not a message of a subscription ends the connection",
        arguments: [
            RESPValue.null, .integer(1), .simple("OK"), .bulk(ByteBuffer()), .array([]), .array([.null]),
            .array([.bulk(ByteBuffer(string: "message"))]),
            .array([.bulk(ByteBuffer(string: "message")), .bulk(ByteBuffer(string: "a")), .integer(1)]),
            .array([.bulk(ByteBuffer(string: "subscribe")), .bulk(ByteBuffer(string: "other")), .integer(1)]),
            .array([.bulk(ByteBuffer(string: "unsubscribe")), .bulk(ByteBuffer(string: "a")), .integer(0)]),
            .array([.array([.array([])])]),
        ])
    func strangers(value: RESPValue) {
        var state = SubscriptionState(channels: ["a"])
        guard case .broken(.protocolViolation) = state.receive(value) else {
            Issue.record("accepted \(value)")
            return
        }
    }
}
