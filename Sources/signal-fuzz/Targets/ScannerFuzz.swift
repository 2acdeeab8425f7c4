import SignalDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The message scanner and the stamp.
///
/// Promises: no trap, whatever the bytes; an accepted message is stamped to exactly the foretold length; the stamped
/// text is accepted, its forged members are exactly the server's, and they come last; stamping it again changes nothing;
/// another JSON parser reads the same names with the server's values.
struct ScannerFuzz: FuzzTarget {
    private struct Stamped: Decodable, Equatable {
        let sourcePeerId: String
        let namespace: String
        let room: String
        let receivedAt: String
    }

    /// Any object whose names are text: half a surrogate pair in a name is valid JSON that Foundation cannot read.
    private struct AnyObject: Decodable {
        private enum Name: CodingKey { case type }

        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Name.self) }
    }

    private static let now = Timestamp(milliseconds: 1_763_900_000_000)

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let bytes = random.chance(3) ? random.bytes(random.below(64)) : MessageWriter.message(&random)
        let serverOwnsSequence = random.chance(50)
        let sourceSession = serverOwnsSequence && random.chance(50) ? "abcdefghijklmnop" : nil
        return try Self.check(bytes, serverOwnsSequence: serverOwnsSequence, sourceSession: sourceSession)
    }

    /// Whether `bytes` are accepted; throws when a promise does not hold for them.
    static func check(
        _ bytes: [UInt8], serverOwnsSequence: Bool, sourceSession: String?
    ) throws(Finding) -> Bool {
        var limits = ScanLimits()
        limits.serverOwnsSequence = serverOwnsSequence
        guard let message = Self.scan(bytes, limits) else { return false }
        guard message.start <= message.end, message.end < bytes.count else {
            throw Finding("the braces of a message lie inside it", bytes)
        }
        guard let room = try? RoomKey(namespace: "n\"s", room: "r\\🙂"), let peer = try? PeerID("p1") else {
            return false
        }
        let stamp = Stamp(peer: peer, room: room, sourceSession: sourceSession)
        let stamped = Self.stamp(bytes, message, stamp)
        guard stamped.count == stamp.byteCount(message) else {
            throw Finding("a stamped message has the foretold length", bytes)
        }
        guard let again = Self.scan(stamped, limits, extraKeys: 5) else {
            throw Finding("a stamped message is a message", bytes)
        }
        // The server's members are cut out together, up to the closing brace, and nothing else is.
        guard again.forged.last?.upperBound == again.end, Self.isContiguous(again.forged) else {
            throw Finding("the server's members are the only ones of their names, and the last", bytes)
        }
        guard Self.stamp(stamped, again, stamp) == stamped else {
            throw Finding("stamping a stamped message changes nothing", bytes)
        }
        if String(validating: bytes, as: UTF8.self) != nil { try Self.compare(bytes, stamped) }
        return true
    }

    /// What Foundation can read at all, it reads with the server's values.
    private static func compare(_ bytes: [UInt8], _ stamped: [UInt8]) throws(Finding) {
        guard (try? JSONDecoder().decode(AnyObject.self, from: Data(bytes))) != nil else { return }
        let read = try? JSONDecoder().decode(Stamped.self, from: Data(stamped))
        let expected = Stamped(sourcePeerId: "p1", namespace: "n\"s", room: "r\\🙂", receivedAt: now.iso8601)
        guard read == expected else { throw Finding("another parser reads the server's values", bytes) }
    }

    private static func isContiguous(_ ranges: [Range<Int>]) -> Bool {
        zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
    }

    private static func scan(_ bytes: [UInt8], _ limits: ScanLimits, extraKeys: Int = 0) -> ScannedMessage? {
        var limits = limits
        limits.maxKeys += extraKeys
        return bytes.withUnsafeBytes { try? MessageScanner.scan($0, limits: limits) }
    }

    private static func stamp(_ bytes: [UInt8], _ message: ScannedMessage, _ stamp: Stamp) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: stamp.byteCount(message)) { buffer, count in
            count = bytes.withUnsafeBytes {
                stamp.write(message, from: $0, receivedAt: now, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }
}
