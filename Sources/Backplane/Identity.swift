/// One life of a node in the cluster (`nid`): a random 64-bit number, new at every start and after every lost lease,
/// never reused (cluster.md §0.2).
public struct NodeInstance: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    /// Reads the 16 hexadecimal digits of `text`.
    public init?(text: some StringProtocol) {
        guard let bits = UInt64(hexadecimal: text) else { return nil }
        self.bits = bits
    }

    /// 16 lower-case hexadecimal digits, as in every key and frame.
    public var text: String { bits.hexadecimal }
    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// One socket of a peer (`cid`): random, so that a late remove can only ever remove its own socket.
public struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    public let bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    public init?(text: some StringProtocol) {
        guard let bits = UInt64(hexadecimal: text) else { return nil }
        self.bits = bits
    }

    public var text: String { bits.hexadecimal }
    public var description: String { text }
}

/// The secret 128-bit name of a session (`sid`); it is never shown to others, so its description hides it.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    /// 1–64 characters of base64url.
    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.allSatisfy(\.isBase64URL) else { return nil }
        self.text = text
    }

    /// A server-chosen session, for clients that name none.
    public init(high: UInt64, low: UInt64) { text = high.hexadecimal + low.hexadecimal }

    public var description: String { "session" }
}

extension UInt64 {
    var hexadecimal: String {
        String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * place)) & 0xF
                digits[place] = digit + (digit < 10 ? 0x30 : 0x57)
            }
            return 16
        }
    }

    init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0.isHexDigit }) else { return nil }
        self.init(text, radix: 16)
    }
}

extension UInt8 {
    var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self) || (0x41...0x46).contains(self)
    }

    var isBase64URL: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
            || self == 0x2D || self == 0x5F
    }
}
