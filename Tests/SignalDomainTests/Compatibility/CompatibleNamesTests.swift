import SignalDomain
import Testing

@Suite("Names of other clients")
struct CompatibleNamesTests {
    @Test("a topic is a room of a namespace that /signal cannot enter")
    func topics() throws {
        let room = try RoomKey(topic: "my doc/1")
        #expect(room.room == "my doc/1")
        #expect(room.isOfOtherClients)
        #expect(throws: NameError.self) { try RoomKey(topic: "") }
        #expect(throws: NameError.self) { try RoomKey(topic: "a\u{202E}b") }
        #expect(throws: NameError.self) { try RoomKey(topic: String(repeating: "t", count: 256)) }
        #expect(!(try RoomKey(namespace: "global", room: "y-topics").isOfOtherClients))
        #expect(!(try RoomKey(namespace: "peerjs", room: "a").isOfOtherClients))
    }

    @Test(
        "an ID of PeerJS reads back, and no two are one name",
        arguments: ["a", "A-1_b", "my name 2", "9f1c6ee2-4d0a-4a44-9a3b-0d4f0d0a1b2c"])
    func identifiers(id: String) throws {
        let peer = try PeerID(peerJS: id)
        #expect(peer.peerJSText == id)
        let room = try RoomKey(peerJSKey: "peerjs", of: peer)
        #expect(room.isOfOtherClients)
        #expect(try RoomKey(peerJSKey: "peerjs", of: PeerID(peerJS: "other")).besides(peer) == room)
        #expect(try RoomKey(peerJSKey: "else", of: peer) != room)
    }

    @Test("an ID that no PeerJS client makes is refused", arguments: ["", "a~b", "é", "a/b", "a\"b"])
    func refused(id: String) {
        #expect(throws: NameError.self) { try PeerID(peerJS: id) }
        #expect(throws: NameError.self) { try RoomKey(peerJSKey: "", of: PeerID("a")) }
    }
}
