public import NIOCore
import SignalDomain

/// Reads the frames of a batch one by one. What Redis delivers is remote input: a frame that is cut, too long or of an
/// unknown type is skipped and counted, and never traps.
public struct InboxReader {
    private var bytes: ByteBuffer
    /// Frames that could not be read.
    public private(set) var malformed = 0
    /// Frames of a type that a later version may know.
    public private(set) var unknown = 0

    public init(_ batch: ByteBuffer) {
        bytes = batch
        if bytes.readInteger(as: UInt8.self) != InboxBatch.version {
            malformed = 1
            bytes.clear()
        }
    }

    /// The next readable frame, or nil at the end of the batch.
    public mutating func next() -> InboxFrame? {
        while bytes.readableBytes > 0 {
            guard let length = bytes.readInteger(as: UInt32.self), length > 0,
                var body = bytes.readSlice(length: Int(length)), let type = body.readInteger(as: UInt8.self)
            else {
                malformed += 1
                bytes.clear()
                return nil
            }
            guard let type = FrameType(rawValue: type) else {
                unknown += 1
                continue
            }
            if let frame = Self.read(type, &body) { return frame }
            malformed += 1
        }
        return nil
    }

    private static func read(_ type: FrameType, _ body: inout ByteBuffer) -> InboxFrame? {
        switch type {
        case .joined:
            guard let room = body.readRoom(), let version = body.readInteger(as: UInt64.self),
                let peer = body.readPeer(), let text = body.readShort(), let record = MemberRecord(text: text)
            else { return nil }
            return .joined(room, version: version, peer, record)
        case .left:
            guard let room = body.readRoom(), let version = body.readInteger(as: UInt64.self),
                let peer = body.readPeer(), let session = body.readShort().flatMap(SessionID.init),
                let node = body.readShort().flatMap({ NodeInstance(text: $0) }),
                let connection = body.readShort().flatMap({ ConnectionID(text: $0) }),
                let reason = body.readShort().flatMap(LeaveReason.init)
            else { return nil }
            return .left(
                room, version: version, peer,
                .init(session: session, node: node, connection: connection, reason: reason))
        case .variant:
            guard let room = body.readRoom(), let peer = body.readPeer(),
                let dialect = body.readInteger(as: UInt8.self).flatMap({ Dialect(rawValue: Int($0)) })
            else { return nil }
            return .variant(room, from: peer, for: dialect, payload: body)
        case .broadcast:
            guard let room = body.readRoom(), let peer = body.readPeer() else { return nil }
            return .broadcast(room, from: peer, payload: body)
        case .stamped: return body.readStamped()
        case .directed:
            guard let room = body.readRoom(), let peer = body.readPeer() else { return nil }
            return .directed(room, to: peer, payload: body)
        case .letter:
            guard let room = body.readRoom(), let peer = body.readPeer(),
                let session = body.readShort().flatMap(SessionID.init),
                let id = body.readShort().flatMap({ InboxID(text: $0) }), let letter = body.readLetter()
            else { return nil }
            return .letter(room, to: peer, session, InboxEntry(id: id, letter: letter))
        case .confirmed:
            return body.readReceipts().map { .confirmed($0.numbers, $0.level) }
        case .undeliverable:
            guard let number = body.readInteger(as: UInt64.self),
                let reason = body.readShort().flatMap(LeaveReason.init)
            else { return nil }
            return .undeliverable(number: number, reason)
        case .dead:
            return body.readShort().flatMap { NodeInstance(text: $0) }.map(InboxFrame.dead)
        case .echo:
            return body.readInteger(as: UInt64.self).map { .echo(sequence: $0) }
        case .moderation:
            return readModeration(&body)
        case .console:
            return body.readConsole().map(InboxFrame.console)
        }
    }

    private static func readModeration(_ body: inout ByteBuffer) -> InboxFrame? {
        switch body.readInteger(as: UInt8.self).flatMap(ModerationFrame.init) {
        case .sanction:
            guard let id = body.readShort(), let value = body.readShort() else { return nil }
            return SanctionEntry(id: id, value: value).map(InboxFrame.sanction)
        case .kick:
            guard let room = body.readRoom(), let peer = body.readPeer() else { return nil }
            return .kick(room, peer)
        case nil: return nil
        }
    }
}
