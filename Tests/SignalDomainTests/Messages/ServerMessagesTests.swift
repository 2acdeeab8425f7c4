import SignalDomain
import Testing

@Suite("ServerMessages")
struct ServerMessagesTests {
    let now = Timestamp(milliseconds: 1_795_406_706_789)

    @Test("welcome has the members that existing clients read, in their order")
    func welcome() throws {
        let bytes = try ServerMessages.welcome(
            peer: PeerID("peer-1"), room: RoomKey(namespace: "a\"b", room: nil), now: now)
        #expect(
            text(bytes)
                == #"{"type":"welcome","peerId":"peer-1","namespace":"a\"b","room":"public","now":"2026-11-23T04:05:06.789Z"}"#
        )
    }

    @Test("heartbeat-ack and pong")
    func answers() {
        #expect(
            text(ServerMessages.heartbeatAck(now: now)) == #"{"type":"heartbeat-ack","now":"2026-11-23T04:05:06.789Z"}"#
        )
        #expect(text(ServerMessages.pong) == #"{"type":"pong"}"#)
    }

    @Test("error is the bare code unless there is more to say")
    func error() {
        #expect(text(ServerMessages.error(.invalidJSON)) == #"{"type":"error","code":"invalid_json"}"#)
        #expect(
            text(ServerMessages.error(.rateLimited, message: "Too \"fast\".", retryAfterMs: 1500))
                == #"{"type":"error","code":"rate_limited","message":"Too \"fast\".","retryAfterMs":1500}"#)
    }
}
