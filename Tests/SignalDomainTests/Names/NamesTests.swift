import SignalDomain
import Testing

@Suite("Names")
struct NamesTests {
    @Test(
        "a peerId is 1 to 128 of the allowed characters",
        arguments: ["a", "peer-1.x_y:z~", String(repeating: "p", count: 128)])
    func acceptsPeers(name: String) throws {
        #expect(try PeerID(name).text == name)
    }

    @Test(
        "any other peerId is refused with its reason",
        arguments: [
            ("", NameError.Reason.empty), (String(repeating: "p", count: 129), .tooLong(maxBytes: 128)),
            ("a b", .forbiddenCharacter), ("a/b", .forbiddenCharacter), ("é", .forbiddenCharacter),
            ("a\u{0}", .forbiddenCharacter), ("a\n", .forbiddenCharacter), ("a{", .forbiddenCharacter),
        ])
    func refusesPeers(name: String, reason: NameError.Reason) {
        #expect(throws: NameError(field: .peerID, reason: reason)) { try PeerID(name) }
    }

    @Test("absent and empty names mean global and public")
    func defaults() throws {
        #expect(try RoomKey(namespace: nil, room: nil).text == "global::public")
        #expect(try RoomKey(namespace: "", room: "") == RoomKey(namespace: "global", room: "public"))
    }

    @Test(
        "a room's text is the same wherever it is built",
        arguments: [
            ("a::b", "c", "a%3A%3Ab::c"), ("a", "b::c", "a::b%3A%3Ac"), ("a}b", "{c}", "a%7Db::%7Bc%7D"),
            ("ns", "r s", "ns::r%20s"), ("%", "~", "%25::%7E"), ("🙂", "é", "%F0%9F%99%82::%C3%A9"),
            ("A-z_0.9", "\"\\", "A-z_0.9::%22%5C"),
        ])
    func escapesRooms(namespace: String, room: String, text: String) throws {
        let key = try RoomKey(namespace: namespace, room: room)
        #expect(key.text == text)
        let back = try #require(RoomKey(text: text))
        #expect(back == key && back.hashValue == key.hashValue)
        #expect(back.namespace == namespace && back.room == room)
    }

    @Test("names that only look alike are different rooms")
    func keepsLookalikesApart() throws {
        #expect(try RoomKey(namespace: "a::b", room: "c") != RoomKey(namespace: "a", room: "b::c"))
        #expect(try RoomKey(namespace: "\u{E9}", room: "r") != RoomKey(namespace: "e\u{301}", room: "r"))
    }

    @Test(
        "controls and direction marks are refused, in either name",
        arguments: [
            "\u{0}", "\u{1F}", "\n", "\u{7F}", "\u{80}", "\u{9F}", "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}",
            "\u{202E}",
            "\u{2066}", "\u{2069}",
        ])
    func refusesControls(character: String) {
        #expect(throws: NameError(field: .namespace, reason: .forbiddenCharacter)) {
            try RoomKey(namespace: "a\(character)", room: "r")
        }
        #expect(throws: NameError(field: .room, reason: .forbiddenCharacter)) {
            try RoomKey(namespace: "n", room: "\(character)b")
        }
        #expect(RoomKey(text: "n::" + EscapedName.encode("b\(character)")) == nil)
    }

    @Test("255 bytes pass and 256 do not")
    func boundsRooms() throws {
        let longest = String(repeating: "é", count: 127) + "x"
        #expect(try RoomKey(namespace: longest, room: longest).namespace == longest)
        #expect(throws: NameError(field: .room, reason: .tooLong(maxBytes: 255))) {
            try RoomKey(namespace: "n", room: longest + "y")
        }
    }

    @Test(
        "text that no room writes is no room",
        arguments: [
            "", "a", "a:b", "::", "a::", "::b", "a::b::c", "a:::b", "a::%41", "a::%c3%a9", "a::%C3", "a::%", "a::%2",
            "a::%GG",
            "a::b c", "a::%FF", "a::~", "a::é",
        ])
    func refusesOtherTexts(text: String) {
        #expect(RoomKey(text: text) == nil)
    }

    @Test("escaping has an exact inverse for any text")
    func escapesAndBack() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<1000 {
            let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
            }
            let name = String(String.UnicodeScalarView(scalars))
            let escaped = EscapedName.encode(name)
            #expect(EscapedName.decode(escaped).map { Array($0.utf8) } == Array(name.utf8), "seed \(seed)")
            #expect(!escaped.contains(where: { ":{}".contains($0) }), "seed \(seed)")
        }
    }

    @Test("a fault names its field and never repeats the name")
    func describesFaults() {
        let fault = NameError(field: .room, reason: .tooLong(maxBytes: 255))
        #expect(fault.code == "invalid_room" && fault.description == "room is longer than 255 bytes.")
        #expect(NameError(field: .peerID, reason: .empty).code == "invalid_peer_id")
        #expect(NameError(field: .namespace, reason: .empty).code == "invalid_namespace")
    }
}
