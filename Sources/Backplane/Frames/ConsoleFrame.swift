public import NIOCore
public import SignalDomain

/// What a node whose operators look at consoles says to the others, and what they say to it.
public enum ConsoleFrame: Hashable, Sendable {
    /// Somebody at this node wants to be told what happens on the receiving one, for a while.
    case watch(by: NodeInstance)
    /// What happened on another node: Server-Sent Events as text.
    case events(ByteBuffer)
    /// The receiving node is to answer under this number.
    case question(UInt64, by: NodeInstance, Question)
    /// JSON text.
    case answer(UInt64, from: NodeInstance, ByteBuffer)

    /// What one node asks of another.
    public enum Question: Hashable, Sendable {
        /// What it has seen happen between two peers of a room.
        case pair(RoomKey, PeerID, PeerID)
        /// To take new peers no more, or again.
        case drain(Bool)
    }
}

/// The second byte of a frame of consoles.
private enum ConsoleFrameType: UInt8 {
    case watch = 0
    case events = 1
    case pair = 2
    case drain = 3
    case answer = 4
}

extension ByteBuffer {
    mutating func writeConsole(_ frame: ConsoleFrame) {
        switch frame {
        case .watch(let node):
            writeInteger(ConsoleFrameType.watch.rawValue)
            writeShort(node.text)
        case .events(let text):
            writeInteger(ConsoleFrameType.events.rawValue)
            writeImmutableBuffer(text)
        case .question(let number, let node, .pair(let room, let one, let other)):
            writeInteger(ConsoleFrameType.pair.rawValue)
            writeInteger(number)
            writeShort(node.text)
            writeShort(room.text)
            writeShort(one.text)
            writeShort(other.text)
        case .question(let number, let node, .drain(let isDraining)):
            writeInteger(ConsoleFrameType.drain.rawValue)
            writeInteger(number)
            writeShort(node.text)
            writeInteger(UInt8(isDraining ? 1 : 0))
        case .answer(let number, let node, let text):
            writeInteger(ConsoleFrameType.answer.rawValue)
            writeInteger(number)
            writeShort(node.text)
            writeImmutableBuffer(text)
        }
    }

    mutating func readConsole() -> ConsoleFrame? {
        switch readInteger(as: UInt8.self).flatMap(ConsoleFrameType.init) {
        case .watch:
            return readNode().map { .watch(by: $0) }
        case .events:
            return .events(self)
        case .pair:
            guard let number = readInteger(as: UInt64.self), let node = readNode(), let room = readRoom(),
                let one = readPeer(), let other = readPeer()
            else { return nil }
            return .question(number, by: node, .pair(room, one, other))
        case .drain:
            guard let number = readInteger(as: UInt64.self), let node = readNode(),
                let flag = readInteger(as: UInt8.self)
            else { return nil }
            return .question(number, by: node, .drain(flag != 0))
        case .answer:
            guard let number = readInteger(as: UInt64.self), let node = readNode() else { return nil }
            return .answer(number, from: node, self)
        case nil: return nil
        }
    }

    private mutating func readNode() -> NodeInstance? { readShort().flatMap { NodeInstance(text: $0) } }
}
