import SignalDomain
import Testing

@Suite("Stamp")
struct StampTests {
    static let tail =
        #""sourcePeerId":"peer-1","namespace":"global","room":"public","receivedAt":"2026-11-23T04:05:06.789Z"}"#

    private func stamped(_ message: String) throws -> String {
        let stamp = try Stamp(peer: PeerID("peer-1"), room: RoomKey(namespace: nil, room: nil))
        let result = try SignalDomainTests.stamp(
            Array(message.utf8), with: stamp, at: Timestamp(milliseconds: 1_795_406_706_789))
        #expect(result.bytes.count == result.foretold)
        return text(result.bytes)
    }

    @Test(
        "everything stays byte for byte, and the server's four come last",
        arguments: [
            (#"{"type":"offer","sdp":"v=0\r\n"}"#, #"{"type":"offer","sdp":"v=0\r\n","#),
            (#"  {"n":1e999999 , "s":"\ud800" } "#, #"{"n":1e999999 , "s":"\ud800" ,"#),
            ("{}", "{"), ("{ }", "{ "),
        ])
    func keepsBytes(message: String, head: String) throws {
        #expect(try stamped(message) == head + Self.tail)
    }

    @Test(
        "forged members go with their comma, wherever they stand and however they are spelled",
        arguments: [
            (#"{"sourcePeerId":"x","a":1}"#, #"{"a":1,"#),
            (#"{"a":1,"sourcePeerId":"x"}"#, #"{"a":1,"#),
            (#"{"a":1,"room":{"b":[1]},"c":2}"#, #"{"a":1,"c":2,"#),
            (#"{"room":"x"}"#, "{"),
            (#"{"room":"x","namespace":"y","receivedAt":0,"sourcePeerId":null}"#, "{"),
            (#"{"room":"x","a":1,"room":"y","b":2,"room":"z"}"#, #"{"a":1,"b":2,"#),
            (#"{"sourcePeer\u0049d":"x","r\u006fom":1,"a":1}"#, #"{"a":1,"#),
            (#"{"a":1 , "room" : "x" , "b":2}"#, #"{"a":1  , "b":2,"#),
            (#"{ "room" : "x" , "b":2}"#, #"{  "b":2,"#),
            (#"{"a":{"room":"x"},"rooms":1,"Room":2}"#, #"{"a":{"room":"x"},"rooms":1,"Room":2,"#),
        ])
    func cutsForged(message: String, head: String) throws {
        #expect(try stamped(message) == head + Self.tail)
    }

    @Test("names of a room are escaped in the tail")
    func escapesNames() throws {
        let stamp = try Stamp(peer: PeerID("p"), room: RoomKey(namespace: "a\"b", room: "c\\🙂"))
        let result = try SignalDomainTests.stamp(Array("{}".utf8), with: stamp, at: Timestamp(milliseconds: 0))
        #expect(
            text(result.bytes)
                == #"{"sourcePeerId":"p","namespace":"a\"b","room":"c\\🙂","receivedAt":"1970-01-01T00:00:00.000Z"}"#)
    }

    @Test(
        "seq and sourceSession are the client's own in dialect 1 and the server's in dialect 2",
        arguments: [
            (#"{"seq":7,"a":1}"#, #"{"seq":7,"a":1,"#, #"{"a":1,"#),
            (
                #"{"a":1,"sourceSession":{"b":2},"s\u0065q":8}"#, #"{"a":1,"sourceSession":{"b":2},"s\u0065q":8,"#,
                #"{"a":1,"#
            ),
            (#"{"seq":1,"room":2,"sourceSession":3}"#, #"{"seq":1,"sourceSession":3,"#, "{"),
            (
                #"{"sdp":1,"Seq":2,"sourceSessions":3}"#, #"{"sdp":1,"Seq":2,"sourceSessions":3,"#,
                #"{"sdp":1,"Seq":2,"sourceSessions":3,"#
            ),
        ])
    func ownsSequence(message: String, inOne: String, inTwo: String) throws {
        let plain = try Stamp(peer: PeerID("peer-1"), room: RoomKey(namespace: nil, room: nil))
        let confirmed = try Stamp(
            peer: PeerID("peer-1"), room: RoomKey(namespace: nil, room: nil), sourceSession: "AAAA\"")
        let now = Timestamp(milliseconds: 1_795_406_706_789)
        let bytes = Array(message.utf8)
        let one = try SignalDomainTests.stamp(bytes, with: plain, at: now)
        let two = try SignalDomainTests.stamp(bytes, with: confirmed, at: now, limits: ScanLimits(.two))
        #expect(text(one.bytes) == inOne + Self.tail)
        #expect(text(two.bytes) == inTwo + Self.tail.dropLast() + #","sourceSession":"AAAA\""}"#)
        #expect(two.bytes.count == two.foretold)
    }

    @Test("a buffer that is too short gets nothing")
    func refusesShortBuffers() throws {
        let stamp = try Stamp(peer: PeerID("p"), room: RoomKey(namespace: nil, room: nil))
        let bytes = Array(#"{"a":1}"#.utf8)
        let message = try scan(bytes)
        var out = [UInt8](repeating: 0, count: stamp.byteCount(message) - 1)
        let written = out.withUnsafeMutableBytes { out in
            bytes.withUnsafeBytes { stamp.write(message, from: $0, receivedAt: Timestamp(milliseconds: 0), into: out) }
        }
        #expect(written == 0 && out.allSatisfy { $0 == 0 })
    }
}
