import SignalDomain
import Testing

@Suite("SignalTarget")
struct SignalTargetTests {
    @Test(
        "to and id decide between the three kinds",
        arguments: [
            ("{}", [], nil), (#"{"id":7}"#, [], nil), (#"{"id":"x"}"#, [], nil), (#"{"to":"a"}"#, ["a"], nil),
            (#"{"to":["b","a"]}"#, ["b", "a"], nil), (#"{"to":["b","\u0062","a","b"]}"#, ["b", "a"], nil),
            (#"{"to":"a","id":"x"}"#, ["a"], #""x""#), (#"{"id":"\u0041\n","to":[ "a" ]}"#, ["a"], #""\u0041\n""#),
            (#"{"to":"a","id":"é🙂"}"#, ["a"], #""é🙂""#),
        ])
    func reads(message: String, names: [String], id: String?) throws {
        let peers = try names.map { try PeerID($0) }
        let expected: SignalTarget =
            if let id { .confirmed(peers, id: id) } else if peers.isEmpty { .broadcast } else { .direct(peers) }
        #expect(try target(message) == expected)
    }

    @Test(
        "a wrong to or id is a fault",
        arguments: [
            (#"{"to":null}"#, SignalFault.to), (#"{"to":7}"#, .to), (#"{"to":{}}"#, .to), (#"{"to":""}"#, .to),
            (#"{"to":"a b"}"#, .to), (#"{"to":"\u0000"}"#, .to), (#"{"to":[]}"#, .to), (#"{"to":["a",""]}"#, .to),
            (#"{"to":"\#(String(repeating: "a", count: 129))"}"#, .to), (#"{"to":["a",7]}"#, .targets(max: 64)),
            (#"{"to":[["a"]]}"#, .targets(max: 64)), (#"{"to":"me"}"#, .toOneself), (#"{"to":["a","me"]}"#, .toOneself),
            (#"{"to":"a","id":""}"#, .id(maxCharacters: 64)), (#"{"to":"a","id":7}"#, .id(maxCharacters: 64)),
            (#"{"to":"a","id":null}"#, .id(maxCharacters: 64)), (#"{"to":"a","id":["x"]}"#, .id(maxCharacters: 64)),
        ])
    func refuses(message: String, fault: SignalFault) {
        #expect(throws: fault) { try target(message) }
        #expect(fault.code == .invalidMessage && fault.sentence.hasSuffix("."))
    }

    @Test("64 names pass, repeats included, and 65 do not")
    func boundsTargets() throws {
        let list = { (count: Int) in (0..<count).map { #""p\#($0 % 60)""# }.joined(separator: ",") }
        guard case .direct(let peers) = try target(#"{"to":[\#(list(64))]}"#) else {
            Issue.record("not directed")
            return
        }
        #expect(peers.count == 60)
        #expect(throws: SignalFault.targets(max: 64)) { try target(#"{"to":[\#(list(65))]}"#) }
    }

    @Test("an id of 64 characters passes, however long it is written, and one of 65 does not")
    func boundsID() throws {
        let writings = [
            ("a", 1), ("é", 1), ("🙂", 1), (#"\ud83d\ude00"#, 1), (#"\n"#, 1), (#"\ud800"#, 1), ("e\u{301}", 2),
        ]
        for (one, scalars) in writings {
            let whole = String(repeating: one, count: 64 / scalars)
            let peer = try PeerID("a")
            #expect(try target(#"{"to":"a","id":"\#(whole)"}"#) == .confirmed([peer], id: #""\#(whole)""#))
            #expect(throws: SignalFault.id(maxCharacters: 64)) { try target(#"{"to":"a","id":"\#(whole)\#(one)"}"#) }
        }
    }

    @Test("a confirmed signal may be as large as its limit; others are not bounded here")
    func boundsConfirmed() throws {
        var limits = SignalTarget.Limits()
        limits.maxConfirmedBytes = 20
        #expect(throws: SignalFault.tooLarge(maxBytes: 20)) { try target(#"{"to":"a","id":"xyz"}"#, limits: limits) }
        #expect(SignalFault.tooLarge(maxBytes: 20).code == .messageTooLarge)
        #expect(try target(#"{"to":"a","id":"xy"}"#, limits: limits) == .confirmed([PeerID("a")], id: #""xy""#))
        #expect(try target(#"{"to":"a","data":"longer"}"#, limits: limits) == .direct([PeerID("a")]))
    }

    @Test("the id that answers repeat is known without a to as well, and only when it could name a signal")
    func echoesID() throws {
        let id = { (text: String) in try reading(Array(text.utf8)) { SignalTarget.id(of: $0, in: $1) } }
        #expect(try id(#"{"id":"\u0078"}"#) == #""\u0078""#)
        #expect(try id(#"{"id":7}"#) == nil)
        #expect(try id("{}") == nil)
        #expect(try id(#"{"id":"\#(String(repeating: "x", count: 5_000))"}"#) == nil)
    }
}
