/// Who may enter a room.
public enum RoomKind: String, Hashable, Sendable, CaseIterable {
    /// Anybody.
    case `public`
    /// Whoever has a room token, or an invite code to get one.
    case invite
    /// Whoever has a room token with the grant `moderate`.
    case admin
}
