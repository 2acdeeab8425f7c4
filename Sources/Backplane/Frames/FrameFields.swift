package import NIOCore
import SignalDomain

/// The fields of frames: texts behind a 16-bit length.
extension ByteBuffer {
    /// A text of at most 65,535 bytes behind its length; no name or record of ours is longer.
    mutating func writeShort(_ text: String) {
        let start = writerIndex
        writeInteger(UInt16(0))
        let count = writeString(text)
        setInteger(UInt16(truncatingIfNeeded: count), at: start)
    }

    mutating func readShort() -> String? {
        guard let length = readInteger(as: UInt16.self), let text = readString(length: Int(length)) else { return nil }
        return text
    }

    mutating func readRoom() -> RoomKey? { readShort().flatMap { RoomKey(text: $0) } }

    mutating func readPeer() -> PeerID? { readShort().flatMap { try? PeerID($0) } }
}

/// A letter, the same in frames and in stored inboxes: kind, number, sender, session, node, id, then the payload.
extension ByteBuffer {
    package mutating func writeLetter(_ letter: Letter) {
        writeInteger(letter.kind.rawValue)
        writeInteger(letter.number)
        writeShort(letter.from.text)
        writeShort(letter.session.text)
        writeShort(letter.node.text)
        writeShort(letter.id)
        writeImmutableBuffer(letter.payload)
    }

    /// Takes all the bytes; nil when any field is off.
    package mutating func readLetter() -> Letter? {
        guard let kind = readInteger(as: UInt8.self).flatMap(Letter.Kind.init),
            let number = readInteger(as: UInt64.self), let from = readPeer(),
            let session = readShort().flatMap(SessionID.init),
            let node = readShort().flatMap({ NodeInstance(text: $0) }), let id = readShort(),
            let payload = readSlice(length: readableBytes)
        else { return nil }
        return Letter(
            kind: kind, from: from, session: session, node: node, number: number, id: id, payload: payload)
    }
}

/// What a node is told of its copies: the level, then their numbers.
extension ByteBuffer {
    package mutating func writeReceipts(_ numbers: [UInt64], _ level: ReceiptLevel) {
        writeInteger(level.rawValue)
        for number in numbers { writeInteger(number) }
    }

    mutating func readReceipts() -> (numbers: [UInt64], level: ReceiptLevel)? {
        guard let level = readInteger(as: UInt8.self).flatMap(ReceiptLevel.init),
            readableBytes.isMultiple(of: MemoryLayout<UInt64>.size)
        else { return nil }
        var numbers: [UInt64] = []
        numbers.reserveCapacity(readableBytes / MemoryLayout<UInt64>.size)
        while let number = readInteger(as: UInt64.self) { numbers.append(number) }
        return (numbers, level)
    }
}
