/// What a verified room token says: who its holder is and what that allows where.
public struct RoomToken: Hashable, Sendable {
    /// The audience that every room token names (`aud`).
    public static let audience = "signal"

    /// Who holds it (`sub`).
    public var subject: String
    /// Its own name (`jti`), by which it can be revoked.
    public var id: String
    public var namespace: String
    /// Nil = every room of the namespace.
    public var room: String?
    /// The only peer ID that it is good for.
    public var peer: PeerID?
    public var grants: Grants
    /// Milliseconds since the epoch.
    public var notBefore: Int64
    /// Milliseconds since the epoch.
    public var expiresAt: Int64

    public init(
        subject: String, id: String, namespace: String, room: String?, peer: PeerID? = nil, grants: Grants,
        notBefore: Int64, expiresAt: Int64
    ) {
        self.subject = subject
        self.id = id
        self.namespace = namespace
        self.room = room
        self.peer = peer
        self.grants = grants
        self.notBefore = notBefore
        self.expiresAt = expiresAt
    }

    /// Whether the token is one for this room, byte by byte.
    public func isFor(_ key: RoomKey) -> Bool {
        namespace.utf8.elementsEqual(key.namespace.utf8)
            && (room.map { $0.utf8.elementsEqual(key.room.utf8) } ?? true)
    }
}
