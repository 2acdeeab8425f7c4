import SignalDomain
import Testing

@Suite("Messages of the server in dialect 2")
struct DialectTwoMessagesTests {
    private func welcome(more: Bool = false, members: [PresenceEntry] = []) throws -> Welcome {
        Welcome(
            peer: try PeerID("me"), room: try RoomKey(namespace: "a\"b", room: nil),
            now: Timestamp(milliseconds: 1_795_406_706_789), node: "n1", resumed: false, members: members, more: more,
            version: 7, resumeToken: "r\"1", resumeWindowMs: 30_000, iceServers: #"[{"urls":"stun:s"}]"#,
            iceTtlMs: 600_000, heartbeatMs: 25_000,
            limits: Welcome.MessageLimits(maxMessageBytes: 262_144, messagesPerMinute: 600), grants: ["join", "write"])
    }

    @Test("welcome has every member of the protocol in its order")
    func welcomes() throws {
        let entry = PresenceEntry(peer: try PeerID("p"), polite: true, since: 5)
        #expect(
            text(try welcome(members: [entry]).json) == #"""
                {"type":"welcome","peerId":"me","namespace":"a\"b","room":"public","now":"2026-11-23T04:05:06.789Z",\#
                "protocol":2,"node":"n1","resumed":false,"members":[{"peerId":"p","polite":true,"since":5}],"v":7,\#
                "resume":{"token":"r\"1","windowMs":30000},"iceServers":[{"urls":"stun:s"}],"iceTtlMs":600000,\#
                "heartbeatMs":25000,"limits":{"maxMessageBytes":262144,"messagesPerMinute":600},\#
                "grants":["join","write"]}
                """#)
        #expect(text(try welcome(more: true).json).contains(#""members":[],"more":true,"v":7,"#))
    }

    @Test("lists say only what differs from the rule")
    func lists() throws {
        let plain = PresenceEntry(peer: try PeerID("a"), polite: false, since: 1)
        let full = PresenceEntry(peer: try PeerID("b"), polite: true, since: 2, away: true, metadata: #"{"n":1}"#)
        let list =
            #""members":[{"peerId":"a","polite":false,"since":1},"#
            + #"{"peerId":"b","polite":true,"since":2,"away":true,"metadata":{"n":1}}]"#
        #expect(
            text(ServerMessages.members([plain, full], more: false, version: 3))
                == #"{"type":"members",\#(list),"more":false,"v":3}"#)
        #expect(
            text(ServerMessages.members([], more: true, version: 3))
                == #"{"type":"members","members":[],"more":true,"v":3}"#)
        #expect(text(ServerMessages.resync([plain, full], version: 3)) == #"{"type":"resync",\#(list),"v":3}"#)
        #expect(
            text(ServerMessages.resync([], more: true, version: 3))
                == #"{"type":"resync","members":[],"more":true,"v":3}"#)
    }

    @Test("peers that come, go and change")
    func presence() throws {
        let peer = try PeerID("a")
        let entry = PresenceEntry(peer: peer, polite: true, since: 1, metadata: #"{"n":1}"#)
        #expect(
            text(ServerMessages.peerJoined(entry, version: 4))
                == #"{"type":"peer-joined","peerId":"a","polite":true,"since":1,"metadata":{"n":1},"v":4}"#)
        #expect(
            text(ServerMessages.peerJoined(PresenceEntry(peer: peer, polite: false, since: -1), version: 4))
                == #"{"type":"peer-joined","peerId":"a","polite":false,"since":-1,"metadata":{},"v":4}"#)
        #expect(
            text(ServerMessages.peerLeft(peer, reason: "node-lost", version: .max))
                == #"{"type":"peer-left","peerId":"a","reason":"node-lost","v":18446744073709551615}"#)
        #expect(
            text(ServerMessages.peerUpdated(peer, away: true, version: 5))
                == #"{"type":"peer-updated","peerId":"a","away":true,"v":5}"#)
        #expect(
            text(ServerMessages.peerUpdated(peer, metadata: "", away: false, version: 5))
                == #"{"type":"peer-updated","peerId":"a","metadata":{},"away":false,"v":5}"#)
    }

    @Test("outcomes repeat the id as it was written")
    func outcomes() throws {
        let peer = try PeerID("a")
        #expect(
            text(ServerMessages.ack(id: #""\u0078""#, to: peer, level: .received))
                == #"{"type":"ack","id":"\u0078","to":"a","level":"received"}"#)
        #expect(
            text(ServerMessages.nack(id: #""x""#, to: peer, code: .notFound))
                == #"{"type":"nack","id":"x","to":"a","code":"not_found"}"#)
        #expect(
            text(ServerMessages.nack(id: nil, to: peer, code: .full)) == #"{"type":"nack","to":"a","code":"full"}"#)
        #expect(ServerMessages.AckLevel.allCases.map(\.rawValue) == ["stored", "received", "written"])
        #expect(ServerMessages.NackCode.allCases.map(\.rawValue) == ["not_found", "full", "degraded", "timeout"])
    }

    @Test("an error always says a sentence", arguments: ErrorCode.allCases)
    func refusals(code: ErrorCode) {
        #expect(
            text(ServerMessages.refusal(code))
                == #"{"type":"error","code":"\#(code.rawValue)","message":"\#(code.sentence)"}"#)
        #expect(
            text(ServerMessages.refusal(code, id: #""x""#, message: "A \"b\".", retryAfterMs: 9))
                == #"{"type":"error","code":"\#(code.rawValue)","id":"x","message":"A \"b\".","retryAfterMs":9}"#)
        #expect(code.sentence.hasSuffix("."))
    }

    @Test("what the server says of itself")
    func service() {
        #expect(
            text(ServerMessages.goAway(reason: .draining, deadlineMs: 5_000, retryAfterMs: 750))
                == #"{"type":"go-away","reason":"draining","deadlineMs":5000,"retryAfterMs":750}"#)
        #expect(
            text(ServerMessages.goAway(reason: .restart, deadlineMs: 0, retryAfterMs: 0, url: "wss://a/?b=\""))
                == #"{"type":"go-away","reason":"restart","deadlineMs":0,"retryAfterMs":0,"url":"wss://a/?b=\""}"#)
        #expect(
            text(ServerMessages.iceServers("[]", iceTtlMs: 1, restartAdvised: true))
                == #"{"type":"ice-servers","iceServers":[],"iceTtlMs":1,"restartAdvised":true}"#)
    }
}
