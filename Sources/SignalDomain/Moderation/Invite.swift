/// A place in a room for whoever knows the code, some times over.
public struct Invite: Hashable, Sendable {
    /// The longest life of an invite, in milliseconds: 30 days.
    public static let maxLifeMs: Int64 = 2_592_000_000

    public var id: InviteID
    public var room: RoomKey
    public var grants: Grants
    public var maxUses: Int
    /// Milliseconds since the epoch.
    public var expiresAt: Int64
    public var uses: Int
    public var isRevoked: Bool

    public init(
        id: InviteID, room: RoomKey, grants: Grants, maxUses: Int, expiresAt: Int64, uses: Int = 0,
        isRevoked: Bool = false
    ) {
        self.id = id
        self.room = room
        self.grants = grants
        self.maxUses = maxUses
        self.expiresAt = expiresAt
        self.uses = uses
        self.isRevoked = isRevoked
    }
}

/// Names an invite without telling its code: the index of its shard, a hyphen, and half of the code's SHA-256 in
/// hexadecimal.
public struct InviteID: Hashable, Sendable, CustomStringConvertible {
    static let digits = 32

    public let text: String
    public let shard: Int

    /// - Parameter digest: at least 32 lower-case hexadecimal digits; more do not count.
    public init?(shard: Int, digest: String) { self.init(text: "\(shard)-\(digest.prefix(Self.digits))") }

    /// Reads `text` back; nil for anything else.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let shard = Int(parts[0]), (0..<1_024).contains(shard), String(shard) == parts[0],
            parts[1].utf8.count == Self.digits,
            parts[1].utf8.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else { return nil }
        self.text = text
        self.shard = shard
    }

    public var description: String { text }
}

/// The code of an invite: two characters that name the shard, then 130 random bits, in Crockford's base 32.
public struct InviteCode: Hashable, Sendable, CustomStringConvertible {
    static let randomCharacters = 26
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// 28 characters, upper case.
    public let text: String
    public let shard: Int

    /// A new code of a shard below 1,024.
    public init(shard: Int, using random: inout some RandomNumberGenerator) {
        var bytes = [Self.alphabet[shard >> 5 & 31], Self.alphabet[shard & 31]]
        for _ in 0..<Self.randomCharacters {
            bytes.append(Self.alphabet[Int(UInt8.random(in: 0..<32, using: &random))])
        }
        text = String(decoding: bytes, as: UTF8.self)
        self.shard = shard & 1_023
    }

    /// Reads what a person typed: hyphens and spaces do not count, case neither, and `I L O` are `1 1 0`.
    public init?(_ typed: String) {
        guard typed.utf8.count <= 64 else { return nil }
        var values: [Int] = []
        for byte in typed.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
            guard let value = Self.value(of: byte) else { return nil }
            values.append(value)
        }
        guard values.count == Self.randomCharacters + 2 else { return nil }
        text = String(decoding: values.map { Self.alphabet[$0] }, as: UTF8.self)
        shard = values[0] << 5 | values[1]
    }

    /// Hidden: whoever has the code has the invite.
    public var description: String { "invite code" }

    private static func value(of byte: UInt8) -> Int? {
        let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return alphabet.firstIndex(of: upper)
        }
    }
}
