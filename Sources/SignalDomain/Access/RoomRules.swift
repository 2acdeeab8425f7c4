/// What holds for one room, by the policy of the operator.
public struct RoomRules: Hashable, Sendable {
    public var kind: RoomKind
    /// The most members over the whole cluster; nil = the node's `ROOM_MAX_MEMBERS`, 0 = no limit.
    public var capacity: Int?
    /// Messages per minute that a peer without a token may send; nil = the standard budget of the node,
    /// 0 = none at all.
    public var anonymousWritesPerMinute: Int?
    /// Messages per minute that all peers without a token together may send in the room through one node;
    /// likewise.
    public var anonymousRoomWritesPerMinute: Int?
    /// What a peer without a token may do in a public room; empty where a token is needed.
    public var anonymous: Grants
    /// Whether members are given TURN credentials.
    public var hasTURN: Bool

    public init(
        kind: RoomKind = .public, capacity: Int? = nil, anonymousWritesPerMinute: Int? = nil,
        anonymousRoomWritesPerMinute: Int? = nil, anonymous: Grants = .member, hasTURN: Bool = true
    ) {
        self.kind = kind
        self.capacity = capacity
        self.anonymousWritesPerMinute = anonymousWritesPerMinute
        self.anonymousRoomWritesPerMinute = anonymousRoomWritesPerMinute
        self.anonymous = anonymous
        self.hasTURN = hasTURN
    }
}
