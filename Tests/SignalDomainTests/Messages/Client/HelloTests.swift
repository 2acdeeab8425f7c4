import Foundation
import SignalDomain
import Testing

@Suite("Hello")
struct HelloTests {
    static let sid = "AAAAAAAAAAAAAAAAAAAAAA"

    @Test("the two members that must be there are enough")
    func readsTheLeast() throws {
        let read = try hello(#"{"type":"hello","sid":"\#(Self.sid)","cn":0}"#)
        #expect(read.sid == Self.sid && read.cn == 0 && read.metadata.isEmpty)
        #expect(read.peerID == nil && read.token == nil && read.resume == nil)
    }

    @Test("every member is read, escaped or not, wherever it stands")
    func readsEverything() throws {
        let read = try hello(
            #"""
            { "metadata" : { "name" : "\ud83d\ude00", "n": [1, {}] } , "cn":9007199254740991,"p\u0065erId":"a.b",
              "resume":{"lastSeq":12,"x":[],"token":"r\u0031"}, "token":"t/\/","type":"hel\u006co","sid":"\#(Self.sid)-_z"}
            """#)
        #expect(read.sid == Self.sid + "-_z" && read.cn == 9_007_199_254_740_991 && read.peerID?.text == "a.b")
        #expect(read.token == "t//" && read.resume?.token == "r1" && read.resume?.lastSeq == 12)
        #expect(read.metadata == #"{ "name" : "\ud83d\ude00", "n": [1, {}] }"#)
    }

    @Test("null, and for texts empty, means absent; the last copy of a member counts")
    func readsAbsence() throws {
        let read = try hello(
            #"""
            {"type":"hello","cn":"x","cn":3,"sid":"\#(Self.sid)","peerId":"","token":null,"resume":null,"metadata":{ }}
            """#)
        #expect(read.cn == 3 && read.peerID == nil && read.token == nil && read.resume == nil && read.metadata.isEmpty)
        let resumed = try hello(
            #"{"type":"hello","cn":3,"sid":"\#(Self.sid)","resume":{"token":"r","lastSeq":null},"token":""}"#)
        #expect(resumed.resume?.lastSeq == nil && resumed.resume?.token == "r" && resumed.token == nil)
    }

    @Test(
        "a wrong member is named",
        arguments: [
            (#""cn":1"#, HelloFault.session), (#""sid":"AAAAAAAAAAAAAAA","cn":1"#, .session),
            (#""sid":7,"cn":1"#, .session), (#""sid":"AAAAAAAAAAAAAAAAAAAAA+","cn":1"#, .session),
            (#""sid":"AAAAAAAAAAAAAAAAAAAAA\u0000","cn":1"#, .session), (#""cn":1,"sid":null"#, .session),
            (#""sid":"\#(String(repeating: "a", count: 65))","cn":1"#, .session),
            (#"$"#, .connectionNumber), (#"$,"cn":-1"#, .connectionNumber), (#"$,"cn":"1""#, .connectionNumber),
            (#"$,"cn":1.0"#, .connectionNumber), (#"$,"cn":1e3"#, .connectionNumber),
            (#"$,"cn":9007199254740992"#, .connectionNumber),
            (#"$,"cn":99999999999999999999999"#, .connectionNumber), (#"$,"cn":null"#, .connectionNumber),
            (#"$,"cn":1,"peerId":7"#, .peerIDNotText),
            (#"$,"cn":1,"peerId":"a b""#, .peerID(NameError(field: .peerID, reason: .forbiddenCharacter))),
            (#"$,"cn":1,"token":[]"#, .token), (#"$,"cn":1,"token":false"#, .token),
            (#"$,"cn":1,"resume":"r""#, .resume), (#"$,"cn":1,"resume":{}"#, .resume),
            (#"$,"cn":1,"resume":{"token":""}"#, .resume), (#"$,"cn":1,"resume":{"token":"r","lastSeq":-1}"#, .resume),
            (#"$,"cn":1,"resume":{"token":"r","lastSeq":"1"}"#, .resume),
            (#"$,"cn":1,"metadata":[]"#, .metadata(.notAnObject)),
            (#"$,"cn":1,"metadata":"{}""#, .metadata(.notAnObject)),
            (#"$,"cn":1,"metadata":{"a":"\ud800"}"#, .metadata(.notInteroperable)),
            (#"$,"cn":1,"metadata":{"a":"\udc00\ud800"}"#, .metadata(.notInteroperable)),
            (#"$,"cn":1,"metadata":{"a":"\ud800\u0041"}"#, .metadata(.notInteroperable)),
            (#"$,"cn":1,"metadata":{"\udfff":1}"#, .metadata(.notInteroperable)),
            (#"$,"cn":1,"metadata":{"a":[1e999]}"#, .metadata(.notInteroperable)),
            (#"$,"cn":1,"metadata":{"a":-1E+400}"#, .metadata(.notInteroperable)),
        ])
    func namesTheFault(members: String, fault: HelloFault) {
        let members = members.replacingOccurrences(of: "$", with: #""sid":"\#(Self.sid)""#)
        #expect(throws: fault) { try hello(#"{"type":"hello",\#(members)}"#) }
        #expect(fault.closing == .badRequest && fault.sentence.hasSuffix("."))
    }

    @Test("any other message is no hello", arguments: ["{}", #"{"type":"offer"}"#, #"{"type":"heartbeat"}"#])
    func wantsHelloFirst(message: String) {
        #expect(throws: HelloFault.notHello) { try hello(message) }
        #expect(HelloFault.notHello.closing == .helloExpected)
    }

    @Test("metadata may be as long as the limit and not longer")
    func boundsMetadata() throws {
        let frame = { (count: Int) in
            #"{"type":"hello","sid":"\#(Self.sid)","cn":1,"metadata":{"a":"\#(String(repeating: "é", count: count))!!"}}"#
        }
        // {"a":"!!"} has ten bytes, each é two.
        #expect(try hello(frame(1_019)).metadata.utf8.count == 2_048)
        #expect(throws: HelloFault.metadata(.tooLarge(maxBytes: 2_048))) { try hello(frame(1_020)) }
    }

    @Test("no description shows what a hello holds")
    func hidesSecrets() throws {
        let read = try hello(
            #"{"type":"hello","sid":"\#(Self.sid)","cn":1,"token":"SECRET","resume":{"token":"SECRET"}}"#)
        var dumped = ""
        dump(read, to: &dumped)
        dump(read.resume, to: &dumped)
        for shown in ["\(read)", String(reflecting: read), "\([read])", dumped, "\(String(describing: read.resume))"] {
            #expect(!shown.contains("SECRET") && !shown.contains(Self.sid))
        }
    }
}
