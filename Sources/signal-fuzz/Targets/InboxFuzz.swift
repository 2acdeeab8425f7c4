import Backplane
import NIOCore
import SignalDomain

/// What Redis delivers into a node's inbox.
///
/// Promises: no trap; what a node writes is read back; whatever else comes, every frame that is read is written again
/// to something that reads equal, and frames and counts are never more than the bytes allow.
struct InboxFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "\u{0}\u{0}\u{0}\u{1}", "\u{0}\u{0}\u{0}\u{0}", "J", "L", "B", "V", "P", "S", "C", "U", "D", "H", "left",
        "a::b", "%", "|", "00000000000000ff",
    ])

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        var batch = InboxBatch()
        var written: [InboxFrame] = []
        for _ in 0..<(1 + random.below(3)) {
            guard let frame = Self.frame(&random) else { continue }
            written.append(frame)
            batch.append(frame)
        }
        var bytes = Array(batch.bytes.readableBytesView)
        if random.chance(20) {
            guard Self.read(bytes).frames == written else { throw Finding("what is written is read back", bytes) }
            return true
        }
        Self.mutator.mutate(&bytes, &random)
        if random.chance(5) { bytes = [InboxBatch.version] + random.bytes(random.below(200)) }
        let read = Self.read(bytes)
        // The smallest frame is five bytes.
        guard (read.frames.count + read.unread) * 5 <= bytes.count + 5 else {
            throw Finding("there are no more frames than bytes for them", bytes)
        }
        var again = InboxBatch()
        for frame in read.frames { again.append(frame) }
        guard Self.read(Array(again.bytes.readableBytesView)).frames == read.frames else {
            throw Finding("what is read is written to something that reads equal", bytes)
        }
        return !read.frames.isEmpty
    }

    private static func read(_ bytes: [UInt8]) -> (frames: [InboxFrame], unread: Int) {
        var reader = InboxReader(ByteBuffer(bytes: bytes))
        var frames: [InboxFrame] = []
        while let frame = reader.next() { frames.append(frame) }
        return (frames, reader.malformed + reader.unknown)
    }

    private static func frame(_ random: inout FuzzRandom) -> InboxFrame? {
        guard let room = try? RoomKey(namespace: random.pick(["a", "a::b", "ü%"]), room: random.pick(["r", "b::c"])),
            let peer = try? PeerID(random.pick(["p", "p:1", "A.~-_"]))
        else { return nil }
        let session = SessionID(high: random.next(), low: random.next())
        let node = NodeInstance(bits: random.next())
        let payload = ByteBuffer(bytes: random.bytes(random.below(60)))
        switch random.below(9) {
        case 0:
            let record = MemberRecord(
                node: node, session: session, connection: ConnectionID(bits: random.next()),
                owner: "ip:\(random.below(9))",
                metadata: random.pick(["", "{}", "{\"a\":\"|\"}"]))
            return .joined(room, version: random.next(), peer, record)
        case 1:
            return .left(
                room, version: random.next(), peer,
                .init(
                    session: session, node: node, connection: ConnectionID(bits: random.next()),
                    reason: random.pick([.nodeLost, .kicked])))
        case 2: return .broadcast(room, from: peer, payload: payload)
        case 3: return .variant(room, from: peer, for: random.pick([.one, .two]), payload: payload)
        case 4: return .directed(room, to: peer, payload: payload)
        case 5:
            let letter = Letter(
                kind: .signal, from: peer, session: session, node: node, number: random.next(), id: "\"i|\"",
                payload: payload)
            let id = InboxID(milliseconds: random.next(), sequence: random.next())
            return .letter(room, to: peer, session, InboxEntry(id: id, letter: letter))
        case 6: return .confirmed((0..<random.below(5)).map { _ in random.next() }, random.pick([.received, .written]))
        case 7: return .undeliverable(number: random.next(), .kicked)
        default: return random.chance(50) ? .dead(node) : .echo(sequence: random.next())
        }
    }
}
