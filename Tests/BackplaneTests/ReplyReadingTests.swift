import Backplane
import NIOCore
import RedisWire
import SignalDomain
import Testing

@testable import RedisBackplane

/// Redis is remote input: what is not the reply of the command reads as nil and traps nobody.
@Suite("Replies that no script gives")
struct ReplyReadingTests {
    static let room = try! RoomKey(namespace: "team", room: "a")  // a constant valid name
    static let record = MemberRecord(
        node: NodeInstance(bits: 1), session: SessionID(high: 0, low: 1), connection: ConnectionID(bits: 2),
        owner: "ip:1")
    static let letter = Letter(
        from: peer("ann"), session: SessionID(high: 0, low: 1), node: NodeInstance(bits: 1), number: 1, id: "\"1\"",
        payload: ByteBuffer(string: "{}"))
    static let join = BackplaneCommand.join(JoinCommand(room: room, peer: peer("ann"), record: record))
    static let send = BackplaneCommand.send(
        SendCommand(room: room, to: peer("ann"), letter: letter, isStored: true))
    static let update = BackplaneCommand.update(
        UpdateCommand(
            room: room, peer: peer("ann"), node: NodeInstance(bits: 1), connection: ConnectionID(bits: 2), flags: [],
            metadata: ""))

    private func text(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }

    private func read(_ command: BackplaneCommand, _ parts: [RESPValue]) -> BackplaneReply? {
        ReplyReading.reply(to: command, .array(parts))
    }

    @Test("an outcome of a send needs all its fields")
    func sends() {
        let nid = NodeInstance(bits: 1).text
        let good: [[RESPValue]] = [
            [text("STORED"), text("5-1"), text("abc"), text(nid)], [text("PASSED"), text("abc"), text(nid)],
        ]
        for parts in good {
            #expect(read(Self.send, parts) != nil)
            for index in parts.indices {
                #expect(read(Self.send, Array(parts.prefix(index))) == nil)
                for wrong in [RESPValue.null, .integer(7), .array([]), text(""), text("a b\u{0}")] {
                    var parts = parts
                    parts[index] = wrong
                    let reply = read(Self.send, parts)
                    #expect(reply == nil, "\(index): \(wrong)")
                }
            }
        }
        for id in ["5", "5-", "-1", "5-1-2", "18446744073709551616-0", "a-b"] {
            #expect(read(Self.send, [text("STORED"), text(id), text("abc"), text(nid)]) == nil)
        }
        #expect(ReplyReading.reply(to: Self.send, .integer(1)) == nil)
        #expect(read(Self.send, [text("FENCED")]) == .fenced)
    }

    @Test("a version that is no number spoils an update")
    func updates() {
        #expect(read(Self.update, [text("OK"), text("12")]) == .updated(version: 12))
        #expect(read(Self.update, [text("SAME")]) == .updated(version: nil))
        for parts in [[], [text("OK")], [text("OK"), text("-1")], [text("OK"), .null], [text("MAYBE"), text("1")]] {
            #expect(read(Self.update, parts) == nil)
        }
    }

    @Test("a large room that changes between its pages is read once, at the version of its first page")
    func pages() {
        func page(_ version: String, _ cursor: String, _ peers: [String]) -> RESPValue {
            let members = peers.flatMap { [text($0), text(Self.record.text)] }
            return .array([
                text(version), .array([text(NodeInstance(bits: 1).text), text("1")]), text(cursor), .array(members),
            ])
        }
        var pages = RoomSnapshotPages()
        guard case .more = pages.take(page("5", "77", ["ann", "bob"])) else {
            Issue.record("there is more")
            return
        }
        guard case .more = pages.take(page("6", "99", ["bob", "cid"])) else {
            Issue.record("there is more")
            return
        }
        #expect(pages.cursor == "99")
        guard case .complete(let snapshot) = pages.take(page("9", "0", ["dan"])) else {
            Issue.record("the pages never end")
            return
        }
        #expect(snapshot.version == 5)
        #expect(Set(snapshot.members.keys.map(\.text)) == ["ann", "bob", "cid", "dan"])
    }

    @Test("a letter that cannot be read spoils the reply of a join")
    func joins() {
        var bytes = ByteBuffer()
        bytes.writeLetter(Self.letter)
        func join(_ inbox: RESPValue?) -> BackplaneReply? {
            let parts = [text("OK"), text("9"), text(Self.record.text), text(""), .array([])]
            return read(Self.join, parts + (inbox.map { [$0] } ?? []))
        }
        func entry(_ id: String, _ letter: RESPValue) -> RESPValue {
            .array([text(id), .array([text("l"), letter])])
        }
        guard case .joined(let place) = join(.array([entry("5-1", .bulk(bytes))])) else {
            Issue.record("a good reply was not read")
            return
        }
        #expect(place.inbox.map(\.letter) == [Self.letter])
        #expect(join(nil) == nil)
        #expect(join(.null) == nil)
        #expect(join(.array([.null])) == nil)
        #expect(join(.array([entry("x", .bulk(bytes))])) == nil)
        #expect(join(.array([entry("5-1", .null)])) == nil)
        #expect(join(.array([.array([text("5-1"), .array([])])])) == nil)
        let header = bytes.readableBytes - Self.letter.payload.readableBytes
        for length in 0..<header {
            let cut = bytes.getSlice(at: bytes.readerIndex, length: length) ?? ByteBuffer()
            #expect(join(.array([entry("5-1", .bulk(cut))])) == nil, "\(length)")
        }
        #expect(read(Self.join, [text("DENIED")]) == .denied)
    }
}
