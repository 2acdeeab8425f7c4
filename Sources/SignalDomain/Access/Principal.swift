/// Who stands behind a connection or a request, as far as its credentials say, and what that allows in one room.
public struct Principal: Hashable, Sendable {
    /// `sub` of the token; nil for an anonymous client and for holders of the shared token.
    public var subject: String?
    /// `jti` of the token.
    public var tokenID: String?
    public var grants: Grants
    /// When the credentials run out, in milliseconds since the epoch; nil = never.
    public var expiresAt: Int64?
    /// The only peer ID that the token allows.
    public var peer: PeerID?
    /// Whether any credential was presented.
    public var isAuthenticated: Bool
    /// Whether this is an operator of the service (`ADMIN_TOKEN_SHA256`).
    public var isOperator: Bool

    public init(
        subject: String? = nil, tokenID: String? = nil, grants: Grants, expiresAt: Int64? = nil,
        peer: PeerID? = nil, isAuthenticated: Bool = false, isOperator: Bool = false
    ) {
        self.subject = subject
        self.tokenID = tokenID
        self.grants = grants
        self.expiresAt = expiresAt
        self.peer = peer
        self.isAuthenticated = isAuthenticated
        self.isOperator = isOperator
    }

    /// A client without credentials where none are needed.
    public static let anonymous = Principal(grants: .member)
}
