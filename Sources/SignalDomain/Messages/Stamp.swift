/// The members that the server adds to every relayed message of one session, encoded once.
///
/// A value per session: the tail `"sourcePeerId":…,"namespace":…,"room":…,"receivedAt":"` never changes while the
/// session lives, so a message costs copies and one timestamp. A session of dialect 2 keeps a second stamp with its
/// `sourceSession` for the signals that it wants confirmed; `seq` is not here, see `SequencedText`.
public struct Stamp: Sendable {
    private let tail: [UInt8]
    /// What follows the timestamp: its quote, for confirmed signals `sourceSession`, and the closing brace.
    private let closing: [UInt8]

    /// - Parameter sourceSession: the public name of the sender's session; nil writes no such member.
    public init(peer: PeerID, room: RoomKey, sourceSession: String? = nil) {
        var tail: [UInt8] = []
        tail.reserveCapacity(Self.usualNamingBytes + peer.text.utf8.count + room.text.utf8.count)
        tail += "\"sourcePeerId\":".utf8
        JSONText.append(peer.text, to: &tail)
        tail += ",\"namespace\":".utf8
        JSONText.append(room.namespace, to: &tail)
        tail += ",\"room\":".utf8
        JSONText.append(room.room, to: &tail)
        tail += ",\"receivedAt\":\"".utf8
        self.tail = tail
        guard let sourceSession else {
            closing = Self.plainClosing
            return
        }
        var closing = Array("\",\"sourceSession\":".utf8)
        JSONText.append(sourceSession, to: &closing)
        self.closing = closing + [UInt8(ascii: "}")]
    }

    /// The bytes of a tail besides its names, when these need no escapes.
    private static let usualNamingBytes = 64
    private static let plainClosing = Array("\"}".utf8)

    /// The exact length of what `write` writes for `m`.
    public func byteCount(_ m: ScannedMessage) -> Int {
        let comma = m.isEmpty ? 0 : 1
        return keptBytes(m) + comma + tail.count + Timestamp.iso8601ByteCount + closing.count
    }

    /// Writes the message from its opening brace, without the forged members, and the server's own at the end.
    ///
    /// - Parameters:
    ///   - m: what a scan of exactly these `bytes` found.
    ///   - out: at least `byteCount(m)` bytes; a shorter one gets nothing.
    /// - Returns: the number of bytes written, `byteCount(m)` or 0.
    public func write(
        _ m: ScannedMessage, from bytes: UnsafeRawBufferPointer, receivedAt: Timestamp,
        into out: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard let source = bytes.baseAddress, let target = out.baseAddress, m.end <= bytes.count,
            out.count >= byteCount(m)
        else { return 0 }
        var written = 0
        var copied = m.start
        for cut in m.forged {
            (target + written).copyMemory(from: source + copied, byteCount: cut.lowerBound - copied)
            written += cut.lowerBound - copied
            copied = cut.upperBound
        }
        (target + written).copyMemory(from: source + copied, byteCount: m.end - copied)
        written += m.end - copied
        if !m.isEmpty {
            (target + written).storeBytes(of: UInt8(ascii: ","), as: UInt8.self)
            written += 1
        }
        UnsafeMutableRawBufferPointer(rebasing: out[written...]).copyBytes(from: tail)
        written += tail.count
        written += receivedAt.writeISO8601(into: UnsafeMutableRawBufferPointer(rebasing: out[written...]))
        UnsafeMutableRawBufferPointer(rebasing: out[written...]).copyBytes(from: closing)
        return written + closing.count
    }

    // MARK: Texts that travel without their stamp

    /// Bytes of the stamp that are the same in every text.
    public var constantByteCount: Int { tail.count + closing.count }

    /// What is the text's own in one that this stamp has written: all before the stamp, and the time. Nil for others.
    public func parts(
        of text: UnsafeRawBufferPointer
    ) -> (body: UnsafeRawBufferPointer, time: UnsafeRawBufferPointer)? {
        let closingStart = text.count - closing.count
        let timeStart = closingStart - Timestamp.iso8601ByteCount
        let tailStart = timeStart - tail.count
        guard tailStart >= 0, text[closingStart...].elementsEqual(closing),
            text[tailStart..<timeStart].elementsEqual(tail)
        else { return nil }
        return (
            UnsafeRawBufferPointer(rebasing: text[..<tailStart]),
            UnsafeRawBufferPointer(rebasing: text[timeStart..<closingStart])
        )
    }

    /// Hands over, in order, the bytes of the text whose `parts` these are.
    public func join(
        body: UnsafeRawBufferPointer, time: UnsafeRawBufferPointer, _ write: (UnsafeRawBufferPointer) -> Void
    ) {
        write(body)
        tail.withUnsafeBytes(write)
        write(time)
        closing.withUnsafeBytes(write)
    }

    /// Bytes from the opening brace up to, not including, the closing one, without the cuts.
    private func keptBytes(_ m: ScannedMessage) -> Int {
        m.forged.reduce(m.end - m.start) { $0 - $1.count }
    }
}
