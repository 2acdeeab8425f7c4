/// The name of one peer in its room: 1 to 128 of `[A-Za-z0-9._:~-]`, so it needs no escaping in JSON, logs or URLs.
public struct PeerID: Hashable, Sendable, CustomStringConvertible {
    public static let maxBytes = 128

    public let text: String

    /// Takes a name from outside, or says why not.
    public init(_ text: String) throws(NameError) {
        var text = text
        let reason: NameError.Reason? = text.withUTF8 { bytes in
            if bytes.isEmpty { return .empty }
            if bytes.count > Self.maxBytes { return .tooLong(maxBytes: Self.maxBytes) }
            return bytes.allSatisfy(Self.isAllowed) ? nil : .forbiddenCharacter
        }
        if let reason { throw NameError(field: .peerID, reason: reason) }
        self.text = text
    }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "~"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
