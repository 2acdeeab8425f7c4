import Backplane
import NIOCore
import SignalDomain
import SignalTestKit
import Testing

/// What one node writes into an inbox another one reads, and nothing that anybody else writes there can hurt it.
@Suite("Frames of the inbox")
struct FrameTests {
    static let room = try! RoomKey(namespace: "team", room: "a/b ü")  // a constant valid name
    static let session = SessionID(high: 1, low: 2)

    static func letter(_ kind: Letter.Kind, number: UInt64, payload: String) -> Letter {
        Letter(
            kind: kind, from: peer("ann"), session: session, node: NodeInstance(bits: 0xABCD), number: number,
            id: #""i\n|ü""#, payload: ByteBuffer(string: payload))
    }

    /// A text that `name` has said in the room.
    static func stamped(by name: String) -> ByteBuffer {
        let text = Array(#"{"type":"x","a":[1,"}"]}"#.utf8)
        let stamp = Stamp(peer: peer(name), room: room)
        return text.withUnsafeBytes { bytes in
            let message = try! MessageScanner.scan(bytes)  // a constant valid message
            var out = ByteBuffer()
            out.writeWithUnsafeMutableBytes(minimumWritableBytes: stamp.byteCount(message)) {
                stamp.write(message, from: bytes, receivedAt: Timestamp(milliseconds: 1_234_567_890_123), into: $0)
            }
            return out
        }
    }

    static let frames: [InboxFrame] = [
        .joined(
            room, version: .max, peer("ann"),
            MemberRecord(
                node: NodeInstance(bits: 1), session: session, connection: ConnectionID(bits: 2), owner: "ip:1",
                metadata: "{\"a\":\"|\"}")),
        .left(
            room, version: 1, peer("ann"),
            .init(session: session, node: NodeInstance(bits: 1), connection: ConnectionID(bits: 2), reason: .nodeLost)),
        .broadcast(room, from: peer("ann"), payload: ByteBuffer(string: "{\u{0}}")),
        .broadcast(room, from: peer("ann"), payload: stamped(by: "ann")),
        .broadcast(room, from: peer("ann"), payload: stamped(by: "bob")),
        .directed(room, to: peer("bob"), payload: ByteBuffer(string: "{\u{0}\r\n}")),
        .directed(room, to: peer("bob"), payload: ByteBuffer()),
        .letter(
            room, to: peer("bob"), session,
            InboxEntry(
                id: InboxID(milliseconds: .max, sequence: .max),
                letter: letter(.signal, number: .max, payload: "{\u{0}\u{1}}"))),
        .letter(
            room, to: peer("bob"), session,
            InboxEntry(
                id: InboxID(milliseconds: 0, sequence: 0), letter: letter(.undeliverable, number: 0, payload: ""))),
        .confirmed([1, .max, 0], .received),
        .confirmed([], .written),
        .undeliverable(number: .max, .kicked),
        .dead(NodeInstance(bits: 7)),
        .echo(sequence: .max),
        .sanction(
            SanctionEntry(
                Sanction(.ban, of: .subject("a|b:c ü"), in: room, reason: "spam | \u{1F4A9}", expiresAt: .max), stamp: 7
            )),
        .sanction(SanctionEntry(Sanction(.revocation, of: .token("j"), in: nil), stamp: .max, isLifted: true)),
        .sanction(SanctionEntry(Sanction(.block, of: .network(.max), in: nil), stamp: 7)),
        .kick(room, peer("ann")),
        .console(.watch(by: NodeInstance(bits: .max))),
        .console(.events(ByteBuffer(string: "event: joined\ndata: {}\n\n"))),
        .console(.question(.max, by: NodeInstance(bits: 1), .pair(room, peer("ann"), peer("bob")))),
        .console(.question(0, by: NodeInstance(bits: 1), .drain(true))),
        .console(.answer(7, from: NodeInstance(bits: 2), ByteBuffer(string: "[]"))),
    ]

    @Test("arrive as they were sent, alone and in one batch")
    func roundTrip() {
        var all = InboxBatch()
        for frame in Self.frames {
            var one = InboxBatch()
            one.append(frame)
            all.append(frame)
            var reader = InboxReader(one.bytes)
            #expect(reader.next() == frame)
            #expect(reader.next() == nil)
            #expect(reader.malformed == 0)
        }
        var reader = InboxReader(all.bytes)
        var read: [InboxFrame] = []
        while let frame = reader.next() { read.append(frame) }
        #expect(read == Self.frames)
        #expect(reader.malformed == 0)
        #expect(reader.unknown == 0)
    }

    @Test("what its header says already is no part of a stamped broadcast, and of no other")
    func withoutStamp() {
        func bytes(by name: String) -> (type: UInt8?, count: Int) {
            var batch = InboxBatch()
            batch.append(.broadcast(Self.room, from: peer("ann"), payload: Self.stamped(by: name)))
            return (batch.bytes.getInteger(at: 5), batch.bytes.readableBytes)
        }
        let (own, foreign) = (bytes(by: "ann"), bytes(by: "bob"))
        #expect(own.type == UInt8(ascii: "R"))
        #expect(foreign.type == UInt8(ascii: "B"), "a stamp that does not follow from the header travels")
        #expect(foreign.count - own.count == Stamp(peer: peer("ann"), room: Self.room).constantByteCount)
    }

    @Test("a frame that is cut anywhere is counted and no other frame suffers")
    func truncated() {
        for frame in Self.frames {
            var batch = InboxBatch()
            batch.append(frame)
            let whole = Array(batch.bytes.readableBytesView)
            let body = Array(whole.dropFirst(5))
            for length in 0..<body.count {
                // Cut together with its length, and followed by a good frame.
                var bytes = ByteBuffer(bytes: [InboxBatch.version])
                bytes.writeInteger(UInt32(length))
                bytes.writeBytes(body.prefix(length))
                var good = InboxBatch()
                good.append(.echo(sequence: 9))
                bytes.writeBytes(good.bytes.readableBytesView.dropFirst())
                var reader = InboxReader(bytes)
                var read: [InboxFrame] = []
                while let frame = reader.next() { read.append(frame) }
                if length == 0 {
                    #expect(reader.malformed == 1, "without a type the batch ends")
                } else {
                    #expect(read.last == .echo(sequence: 9), "\(frame) cut to \(length)")
                    #expect(read.count + reader.malformed == 2, "\(frame) cut to \(length)")
                }
                // Cut with the whole batch.
                var cut = InboxReader(ByteBuffer(bytes: whole.prefix(5 + length)))
                #expect(cut.next() == nil)
                #expect(cut.malformed == 1)
            }
        }
    }

    @Test("bytes of anybody end in frames or counts", arguments: [UInt64(1), 2, 3, 4])
    func fuzz(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<3_000 {
            var batch = InboxBatch()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                if let frame = Self.frames.randomElement(using: &random) { batch.append(frame) }
            }
            var bytes = batch.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.readableBytes, using: &random)
                bytes.setInteger(UInt8.random(in: 0...255, using: &random), at: index)
            }
            var reader = InboxReader(bytes)
            var count = 0
            while reader.next() != nil { count += 1 }
            #expect(count + reader.malformed + reader.unknown >= 1, "seed \(seed)")
        }
    }

    @Test("values that no node writes are refused")
    func refused() {
        func read(_ type: Character, _ body: (inout ByteBuffer) -> Void) -> (InboxFrame?, Int) {
            var content = ByteBuffer(string: String(type))
            body(&content)
            var bytes = ByteBuffer(bytes: [InboxBatch.version])
            bytes.writeInteger(UInt32(content.readableBytes))
            bytes.writeBuffer(&content)
            var reader = InboxReader(bytes)
            return (reader.next(), reader.malformed)
        }
        #expect(read("C") { $0.writeBytes([2]) } == (nil, 1), "an unknown level")
        #expect(read("C") { $0.writeBytes([0, 1, 2, 3]) } == (nil, 1), "half a number")
        #expect(read("C") { $0.writeBytes([1]) } == (.confirmed([], .written), 0))
        #expect(
            read("U") {
                $0.writeInteger(UInt64(1))
                $0.writeLengthPrefixedString("bored")
            } == (nil, 1), "an unknown reason")
        #expect(read("X") { $0.writeBytes([9]) } == (nil, 1), "an unknown verb")
        for (id, value) in [
            ("ban|peer:ann|*", "1|0|0|"), ("jail|peer:ann|a::b", "1|0|0|"), ("ban|peer:ann|a::b", "-1|0|0|"),
            ("ban|peer:ann|a::b", "1|2|0|"), ("ban|peer:ann|a::b", "1|0|0|a b"), ("ban|peer:ann", "1|0|0|"),
            ("ban|subject:|*", "1|0|0|"), ("closure|room|*", "1|0|0|"), ("revocation|token:x|a::b", "1|0|0|"),
            ("ban|peer:ann|a::b", "99999999999999999999|0|0|"),
        ] {
            let frame = read("X") {
                $0.writeBytes([0])
                $0.writeLengthPrefixedString(id)
                $0.writeLengthPrefixedString(value)
            }
            #expect(frame == (nil, 1), "\(id) \(value)")
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeLengthPrefixedString(_ text: String) {
        writeInteger(UInt16(text.utf8.count))
        writeString(text)
    }
}
