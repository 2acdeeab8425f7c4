import SignalDomain
import Testing

@Suite("Messages of /peerjs")
struct PeerJSMessageTests {
    private func read(_ text: String) -> PeerJSMessage {
        Array(text.utf8).withUnsafeBytes { PeerJSMessage($0, limits: ScanLimits()) }
    }

    @Test(
        "words for the server are read, and any other is passed over",
        arguments: [
            (#"{"type":"HEARTBEAT"}"#, PeerJSMessage.heartbeat), (#"{"type":"LEAVE"}"#, .goodbye),
            (#"{"type":"OFFER","payload":{}}"#, .other), (#"{"type":"OFFER","dst":""}"#, .other),
            (#"{"type":"offer","dst":"b"}"#, .other), (#"{"type":"EXPIRE","dst":"b"}"#, .other), (#"{}"#, .other),
            (#"{"type":"OFFER","dst":7}"#, .unreadable(.invalidMessage)),
            (#"{"type":"OFFER""#, .unreadable(.invalidJSON)), ("7", .unreadable(.invalidJSON)),
        ])
    func words(text: String, expected: PeerJSMessage) {
        #expect(read(text) == expected)
    }

    @Test("a name that is too long to be repeated is refused")
    func longName() {
        let name = String(repeating: "n", count: 256)
        #expect(read(#"{"type":"OFFER","dst":"\#(name)"}"#) == .unreadable(.invalidMessage))
    }

    @Test(
        "a signal goes on as written, with the sender that the server knows",
        arguments: [
            (
                #"{"type":"OFFER","payload":{"sdp":"v=0\r\n", "n":1.0},"dst":"b c"}"#, "b c", true,
                #"{"type":"OFFER","payload":{"sdp":"v=0\r\n", "n":1.0},"dst":"b c","src":"a b"}"#
            ),
            (#"{"src":"eve","type":"LEAVE","dst":"b"}"#, "b", false, #"{"type":"LEAVE","dst":"b","src":"a b"}"#),
            (
                #"{"type":"CANDIDATE","dst":"x","dst":"b","\u0073rc":1}"#, "b", true,
                #"{"type":"CANDIDATE","dst":"x","dst":"b","src":"a b"}"#
            ),
        ])
    func signals(text: String, to: String, isVital: Bool, expected: String) throws {
        guard case .signal(let signal) = read(text) else {
            Issue.record("\(read(text))")
            return
        }
        #expect(signal.to == to)
        #expect(signal.isVital == isVital)
        #expect(SignalDomainTests.text(signal.text(from: try PeerID(peerJS: "a b"))) == expected)
    }

    @Test("random messages stay inside their bytes")
    func random() throws {
        var generator = MessageGenerator(random: SeededRandom(seed: 18))
        for _ in 0..<2_000 {
            let memory = try GuardedBytes(generator.message())
            withExtendedLifetime(memory) { _ = PeerJSMessage(memory.bytes, limits: ScanLimits()) }
        }
    }

    @Test("the server's own messages are those of PeerServer")
    func answers() throws {
        #expect(text(PeerJSAnswers.open) == #"{"type":"OPEN"}"#)
        #expect(
            text(PeerJSAnswers.expire(from: "b c", to: try PeerID(peerJS: "a b")))
                == #"{"type":"EXPIRE","src":"b c","dst":"a b"}"#)
        #expect(text(PeerJSAnswers.error("No.")) == #"{"type":"ERROR","payload":{"msg":"No."}}"#)
        #expect(
            PeerJSAnswers.refusal(.inUse).map(text) == #"{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}"#)
        #expect(PeerJSAnswers.refusal(.unauthorized).map(text)?.contains(#""type":"ERROR""#) == true)
        // A client that hears ERROR gives up; what may be better in a moment is a status.
        for refusal in [Refusal.unavailable(retryAfterSeconds: 1), .tooManyConnections(retryAfterSeconds: 1)] {
            #expect(PeerJSAnswers.refusal(refusal) == nil)
        }
    }
}
