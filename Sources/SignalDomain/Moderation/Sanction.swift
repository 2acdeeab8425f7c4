/// Something that a moderator or an operator decided against somebody, in one room or everywhere.
///
/// `id` names the decision, so that a later one of the same kind against the same target takes its place. A value.
public struct Sanction: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// May not be in the room; live sockets close with 4403.
        case ban
        /// May read and not send.
        case mute
        /// The token, or every token of the subject, is void; live sockets close with 4401.
        case revocation
        /// Nobody may be in the room; live sockets close with 4404.
        case closure
        /// Nobody may connect from there, whatever the room; live sockets close with 4403.
        case block
    }

    /// Whom it meets.
    public enum Target: Hashable, Sendable {
        case peer(PeerID)
        /// `sub` of a token.
        case subject(String)
        /// `jti` of a token.
        case token(String)
        /// The keyed hash of a client address; the address itself is never kept.
        case address(String)
        /// Everybody in the room.
        case room
        /// Whose address lies in the range; an operator's decision, kept in plain text.
        case range(CIDR)
        /// Whose address this autonomous system announces.
        case network(UInt32)
    }

    /// The size of a subject, a token id or an address hash, in bytes.
    public static let maxTargetBytes = 256
    /// The size of a reason, in bytes.
    public static let maxReasonBytes = 256

    public var kind: Kind
    public var target: Target
    /// Nil = everywhere.
    public var room: RoomKey?
    /// For people; empty when none was given.
    public var reason: String
    /// Milliseconds since the epoch; nil = until it is lifted.
    public var expiresAt: Int64?

    public init(_ kind: Kind, of target: Target, in room: RoomKey?, reason: String = "", expiresAt: Int64? = nil) {
        self.kind = kind
        self.target = target
        self.room = room
        self.reason = reason
        self.expiresAt = expiresAt
    }

    /// `kind|target|room`, with escaped names.
    public var id: String { "\(kind.rawValue)|\(target.text)|\(room?.text ?? "*")" }

    /// Whether it still holds.
    ///
    /// - Parameter now: milliseconds since the epoch.
    public func isInForce(at now: Int64) -> Bool { expiresAt.map { now < $0 } ?? true }

    /// Whether it belongs into a room at all: a peer ID means nobody outside of one, only a room can be closed, and a block
    /// is of no room.
    public var isMeaningful: Bool {
        switch (kind, target) {
        case (.block, .range), (.block, .network): room == nil
        case (.block, _), (_, .range), (_, .network): false
        case (.closure, .room): room != nil
        case (.closure, _), (_, .room): false
        case (.revocation, .token), (.revocation, .subject): room == nil
        case (.revocation, _), (_, .token): false
        case (_, .peer): room != nil
        case (_, .subject), (_, .address): true
        }
    }
}

extension Sanction.Target {
    /// `peer:…`, `subject:…`, `token:…`, `address:…` or `cidr:…` with an escaped name, `asn:64496`, or `room`.
    public var text: String {
        switch self {
        case .peer(let peer): "peer:" + EscapedName.encode(peer.text)
        case .subject(let subject): "subject:" + EscapedName.encode(subject)
        case .token(let id): "token:" + EscapedName.encode(id)
        case .address(let hash): "address:" + EscapedName.encode(hash)
        case .room: "room"
        case .range(let range): "cidr:" + EscapedName.encode("\(range)")
        case .network(let number): "asn:\(number)"
        }
    }

    /// Reads `text` back; nil for anything else.
    public init?(text: some StringProtocol) {
        if text == "room" {
            self = .room
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = EscapedName.decode(parts[1]), !name.isEmpty,
            name.utf8.count <= Sanction.maxTargetBytes
        else { return nil }
        switch parts[0] {
        case "peer":
            guard let peer = try? PeerID(name) else { return nil }
            self = .peer(peer)
        case "subject": self = .subject(name)
        case "token": self = .token(name)
        case "address": self = .address(name)
        case "cidr":
            // One spelling only, so that one range has one name.
            guard let range = CIDR(name), "\(range)" == name else { return nil }
            self = .range(range)
        case "asn":
            guard let number = UInt32(name), number > 0, "\(number)" == name else { return nil }
            self = .network(number)
        default: return nil
        }
    }
}
