public import NIOCore
public import SignalDomain

/// What nodes tell each other through an inbox (cluster.md §2.3).
///
/// A batch is a version byte, then frames: a 32-bit length, a type byte and that type's fields, all big-endian; texts
/// carry a 16-bit length, the payload of a signal is the rest of its frame.
public enum InboxFrame: Hashable, Sendable {
    /// `J`: a member joined, or moved when its session is already known.
    case joined(RoomKey, version: UInt64, PeerID, MemberRecord)
    /// `L`: a member left.
    case left(RoomKey, version: UInt64, PeerID, Departure)
    /// `B`: a stamped signal for all members of the room on the receiving node, except the sender; `R`: the same, whose
    /// payload travels without what the header says already.
    case broadcast(RoomKey, from: PeerID, payload: ByteBuffer)
    /// `V`: the same for the members of one dialect only, where the text differs by dialect.
    case variant(RoomKey, from: PeerID, for: Dialect, payload: ByteBuffer)
    /// `P`: a best effort signal for one peer.
    case directed(RoomKey, to: PeerID, payload: ByteBuffer)
    /// `S`: a letter that is in the inbox of this session.
    case letter(RoomKey, to: PeerID, SessionID, InboxEntry)
    /// `C`: copies of the receiving node that are confirmed.
    case confirmed([UInt64], ReceiptLevel)
    /// `U`: a copy of the receiving node cannot be delivered; its sender's inbox says so, too.
    case undeliverable(number: UInt64, LeaveReason)
    /// `D`: a node's lease ran out.
    case dead(NodeInstance)
    /// `H`: the echo of the own heartbeat.
    case echo(sequence: UInt64)
    /// `X`: a moderator decided something, or took it back.
    case sanction(SanctionEntry)
    /// `X`: a moderator removed a peer.
    case kick(RoomKey, PeerID)
    /// `O`: between a node that has consoles of operators and the others.
    case console(ConsoleFrame)

    /// Who left, and why.
    public struct Departure: Hashable, Sendable {
        public var session: SessionID
        public var node: NodeInstance
        public var connection: ConnectionID
        public var reason: LeaveReason

        public init(session: SessionID, node: NodeInstance, connection: ConnectionID, reason: LeaveReason) {
            self.session = session
            self.node = node
            self.connection = connection
            self.reason = reason
        }
    }
}

/// Writes a batch of inbox frames.
public struct InboxBatch: Sendable {
    public static let version: UInt8 = 1

    public private(set) var bytes: ByteBuffer

    public init(capacity: Int = 512) {
        bytes = ByteBufferAllocator().buffer(capacity: capacity)
        bytes.writeInteger(Self.version)
    }

    public mutating func append(_ frame: InboxFrame) {
        let start = bytes.writerIndex
        bytes.writeInteger(UInt32(0))
        switch frame {
        case .joined(let room, let version, let peer, let record):
            bytes.writeInteger(FrameType.joined.rawValue)
            bytes.writeShort(room.text)
            bytes.writeInteger(version)
            bytes.writeShort(peer.text)
            bytes.writeShort(record.text)
        case .left(let room, let version, let peer, let departure):
            bytes.writeInteger(FrameType.left.rawValue)
            bytes.writeShort(room.text)
            bytes.writeInteger(version)
            bytes.writeShort(peer.text)
            bytes.writeShort(departure.session.text)
            bytes.writeShort(departure.node.text)
            bytes.writeShort(departure.connection.text)
            bytes.writeShort(departure.reason.rawValue)
        case .variant(let room, let peer, let dialect, let payload):
            bytes.writeInteger(FrameType.variant.rawValue)
            bytes.writeShort(room.text)
            bytes.writeShort(peer.text)
            bytes.writeInteger(UInt8(truncatingIfNeeded: dialect.rawValue))
            bytes.writeImmutableBuffer(payload)
        case .broadcast(let room, let peer, let payload):
            bytes.writeBroadcast(room, from: peer, payload)
        case .directed(let room, let peer, let payload):
            bytes.writeInteger(FrameType.directed.rawValue)
            bytes.writeShort(room.text)
            bytes.writeShort(peer.text)
            bytes.writeImmutableBuffer(payload)
        case .letter(let room, let peer, let session, let entry):
            bytes.writeInteger(FrameType.letter.rawValue)
            bytes.writeShort(room.text)
            bytes.writeShort(peer.text)
            bytes.writeShort(session.text)
            bytes.writeShort(entry.id.text)
            bytes.writeLetter(entry.letter)
        case .confirmed(let numbers, let level):
            bytes.writeInteger(FrameType.confirmed.rawValue)
            bytes.writeReceipts(numbers, level)
        case .undeliverable(let number, let reason):
            bytes.writeInteger(FrameType.undeliverable.rawValue)
            bytes.writeInteger(number)
            bytes.writeShort(reason.rawValue)
        case .dead(let node):
            bytes.writeInteger(FrameType.dead.rawValue)
            bytes.writeShort(node.text)
        case .echo(let sequence):
            bytes.writeInteger(FrameType.echo.rawValue)
            bytes.writeInteger(sequence)
        case .sanction(let entry):
            bytes.writeInteger(FrameType.moderation.rawValue)
            bytes.writeInteger(ModerationFrame.sanction.rawValue)
            bytes.writeShort(entry.id)
            bytes.writeShort(entry.value)
        case .kick(let room, let peer):
            bytes.writeInteger(FrameType.moderation.rawValue)
            bytes.writeInteger(ModerationFrame.kick.rawValue)
            bytes.writeShort(room.text)
            bytes.writeShort(peer.text)
        case .console(let frame):
            bytes.writeInteger(FrameType.console.rawValue)
            bytes.writeConsole(frame)
        }
        bytes.setInteger(UInt32(bytes.writerIndex - start - 4), at: start)
    }
}

enum FrameType: UInt8 {
    case joined = 0x4A  // J
    case left = 0x4C  // L
    case broadcast = 0x42  // B
    case stamped = 0x52  // R
    case variant = 0x56  // V
    case directed = 0x50  // P
    case letter = 0x53  // S
    case confirmed = 0x43  // C
    case undeliverable = 0x55  // U
    case dead = 0x44  // D
    case echo = 0x48  // H
    case moderation = 0x58  // X
    case console = 0x4F  // O
}

/// The second byte of a frame of moderation.
enum ModerationFrame: UInt8 {
    case sanction = 0
    case kick = 1
}
