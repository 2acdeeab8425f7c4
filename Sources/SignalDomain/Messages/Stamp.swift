/// The four members that the server adds to every relayed message of one session, encoded once.
///
/// A value per session: the tail `"sourcePeerId":…,"namespace":…,"room":…,"receivedAt":"` never changes while the
/// session lives, so a message costs copies and one timestamp.
public struct Stamp: Sendable {
    private let tail: [UInt8]
    /// What follows the timestamp: its quote and the closing brace.
    private static let closingBytes = 2

    public init(peer: PeerID, room: RoomKey) {
        var tail = Array("\"sourcePeerId\":".utf8)
        JSONText.append(peer.text, to: &tail)
        tail += Array(",\"namespace\":".utf8)
        JSONText.append(room.namespace, to: &tail)
        tail += Array(",\"room\":".utf8)
        JSONText.append(room.room, to: &tail)
        tail += Array(",\"receivedAt\":\"".utf8)
        self.tail = tail
    }

    /// The exact length of what `write` writes for `m`.
    public func byteCount(_ m: ScannedMessage) -> Int {
        let comma = m.isEmpty ? 0 : 1
        return keptBytes(m) + comma + tail.count + Timestamp.iso8601ByteCount + Self.closingBytes
    }

    /// Writes the message from its opening brace, without the forged members, and the server's own four at the end.
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
        tail.withUnsafeBytes { tail in
            if let tail = tail.baseAddress { (target + written).copyMemory(from: tail, byteCount: self.tail.count) }
        }
        written += tail.count
        written += receivedAt.writeISO8601(into: UnsafeMutableRawBufferPointer(rebasing: out[written...]))
        (target + written).storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        (target + written + 1).storeBytes(of: UInt8(ascii: "}"), as: UInt8.self)
        return written + Self.closingBytes
    }

    /// Bytes from the opening brace up to, not including, the closing one, without the cuts.
    private func keptBytes(_ m: ScannedMessage) -> Int {
        m.forged.reduce(m.end - m.start) { $0 - $1.count }
    }
}
