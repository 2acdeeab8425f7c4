import SignalDomain
import Testing

@Suite("ClientCommand")
struct ClientCommandTests {
    @Test(
        "each command is read",
        arguments: [
            (#"{"type":"heartbeat"}"#, ClientCommand.heartbeat(seq: nil)),
            (#"{"type":"heartbeat","seq":null}"#, .heartbeat(seq: nil)),
            (#"{"seq":7,"type":"heartbeat"}"#, .heartbeat(seq: 7)), (#"{"type":"ack","seq":0}"#, .ack(seq: 0)),
            (#"{"type":"ack","s\u0065q":9007199254740991}"#, .ack(seq: 9_007_199_254_740_991)),
            (#"{"type":"ack","seq":1,"seq":2}"#, .ack(seq: 2)), (#"{"type":"leave","x":1}"#, .leave),
            (#"{"type":"presence","metadata":{"a" : 1}}"#, .presence(metadata: #"{"a" : 1}"#)),
            (#"{"type":"presence","metadata":{}}"#, .presence(metadata: "")),
            (#"{"type":"auth","token":"a.b"}"#, .auth(token: "a.b")),
        ])
    func reads(message: String, expected: ClientCommand) throws {
        #expect(try command(message) == expected)
    }

    @Test("telemetry is a command, and reads as in dialect 1")
    func readsTelemetry() throws {
        guard case .telemetry(let report) = try command(#"{"type":"telemetry","relayUsed":true}"#) else {
            Issue.record("no telemetry")
            return
        }
        #expect(report.relayUsed)
    }

    @Test(
        "a wrong shape is a fault, and the code tells reserved types from it",
        arguments: [
            (#"{"type":"ack"}"#, CommandFault.seq), (#"{"type":"ack","seq":null}"#, .seq),
            (#"{"type":"ack","seq":-1}"#, .seq), (#"{"type":"ack","seq":1.5}"#, .seq),
            (#"{"type":"ack","seq":"1"}"#, .seq), (#"{"type":"ack","seq":9007199254740992}"#, .seq),
            (#"{"type":"heartbeat","seq":[]}"#, .seq), (#"{"type":"presence"}"#, .metadata(.notAnObject)),
            (#"{"type":"presence","metadata":null}"#, .metadata(.notAnObject)),
            (#"{"type":"presence","metadata":{"a":1e999}}"#, .metadata(.notInteroperable)),
            (#"{"type":"presence","metadata":{"aaaaaaaaaaaaaaaa":1}}"#, .metadata(.tooLarge(maxBytes: 20))),
            (#"{"type":"auth"}"#, .token), (#"{"type":"auth","token":""}"#, .token),
            (#"{"type":"auth","token":{}}"#, .token), (#"{"type":"hello"}"#, .reservedType),
            (#"{"type":"welcome"}"#, .reservedType), (#"{"type":"undeliverable"}"#, .reservedType),
        ])
    func refuses(message: String, fault: CommandFault) {
        #expect(throws: fault) { try command(message, maxMetadataBytes: 20) }
        #expect(fault.code == (fault == .reservedType ? .reservedType : .invalidMessage))
        #expect(fault.sentence.hasSuffix("."))
    }

    @Test("everything else is for other peers", arguments: ["{}", #"{"type":"ping"}"#, #"{"type":"offer"}"#])
    func leavesOthers(message: String) throws {
        #expect(try command(message) == nil)
    }

    @Test("a description never shows a token")
    func hidesTokens() throws {
        let read = try #require(try command(#"{"type":"auth","token":"SECRET"}"#))
        var dumped = ""
        dump(read, to: &dumped)
        #expect(![dumped, "\(read)", String(reflecting: read)].contains { $0.contains("SECRET") })
    }
}
