import NIOCore

/// What every message carries: who sent it, the how manieth it is, and when it was due.
///
/// Written as fixed-width hexadecimal inside one JSON string, so it survives both a byte-for-byte relay and a server
/// that parses and prints the object again.
struct Stamp: Equatable {
    let sender: Int
    let sequence: UInt32
    /// Monotonic nanoseconds at which the message was meant to leave.
    let time: UInt64

    static let senderDigits = 6
    static let sequenceDigits = 8
    static let timeDigits = 16
    static let digits = senderDigits + sequenceDigits + timeDigits

    static let key = Array(#""stamp":""#.utf8)

    init(sender: Int, sequence: UInt32, time: UInt64) {
        (self.sender, self.sequence, self.time) = (sender, sequence, time)
    }

    /// Reads the stamp of a relayed message; nil when there is none.
    ///
    /// - Parameter expected: where its digits are unless a server has moved the members; looked at first.
    init?(in text: ByteBuffer, expectedAt expected: Int = 0) {
        let found = text.withUnsafeReadableBytes { bytes -> Stamp? in
            guard let start = Stamp.position(in: bytes, expectedAt: expected), bytes.count >= start + Stamp.digits
            else { return nil }
            let sequenceStart = start + Stamp.senderDigits
            let timeStart = sequenceStart + Stamp.sequenceDigits
            guard let sender = Hexadecimal.read(bytes[start..<sequenceStart]),
                let sequence = Hexadecimal.read(bytes[sequenceStart..<timeStart]),
                let time = Hexadecimal.read(bytes[timeStart..<start + Stamp.digits])
            else { return nil }
            return Stamp(sender: Int(sender), sequence: UInt32(sequence), time: time)
        }
        guard let found else { return nil }
        self = found
    }

    private static func position(in bytes: UnsafeRawBufferPointer, expectedAt expected: Int) -> Int? {
        if expected >= key.count, bytes.count >= expected, bytes[(expected - key.count)...].starts(with: key) {
            return expected
        }
        guard bytes.count >= key.count else { return nil }
        for start in 0...bytes.count - key.count where bytes[start...].starts(with: key) {
            return start + key.count
        }
        return nil
    }
}
