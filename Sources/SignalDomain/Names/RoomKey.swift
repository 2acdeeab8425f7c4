/// One room of one namespace; the pair is the unit of membership, of hashing and of every Redis key.
///
/// Equality and hash look only at `text`, whose bytes are unique per pair: two names that merely look alike (composed
/// and decomposed accents) are different rooms, as they are for clients that compare code units.
public struct RoomKey: Hashable, Sendable, CustomStringConvertible {
    public static let maxBytes = 255
    public static let defaultNamespace = "global"
    public static let defaultRoom = "public"

    public let namespace: String
    public let room: String
    /// `enc(namespace)::enc(room)`, see `EscapedName`.
    public let text: String

    /// Takes names from outside; nil and empty mean `global` and `public`.
    public init(namespace: String?, room: String?) throws(NameError) {
        let namespace = namespace.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultNamespace
        let room = room.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultRoom
        if let reason = Self.fault(in: namespace) { throw NameError(field: .namespace, reason: reason) }
        if let reason = Self.fault(in: room) { throw NameError(field: .room, reason: reason) }
        self.namespace = namespace
        self.room = room
        self.text = EscapedName.encode(namespace) + "::" + EscapedName.encode(room)
    }

    /// Reads `text` back; nil for anything that is not exactly the text of a room.
    public init?(text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let second = text.utf8.index(colon, offsetBy: 1, limitedBy: text.utf8.endIndex),
            second < text.utf8.endIndex, text.utf8[second] == UInt8(ascii: ":")
        else { return nil }
        guard let namespace = EscapedName.decode(text[..<colon]),
            let room = EscapedName.decode(text[text.utf8.index(after: second)...]),
            Self.fault(in: namespace) == nil, Self.fault(in: room) == nil
        else { return nil }
        self.namespace = namespace
        self.room = room
        self.text = text
    }

    public static func == (one: RoomKey, other: RoomKey) -> Bool { one.text == other.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public var description: String { text }

    private static func fault(in name: String) -> NameError.Reason? {
        if name.isEmpty { return .empty }
        if name.utf8.count > maxBytes { return .tooLong(maxBytes: maxBytes) }
        return name.unicodeScalars.contains(where: isForbidden) ? .forbiddenCharacter : nil
    }

    /// C0, DEL and C1 controls, and the characters that change text direction: they forge log lines and consoles.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
