extension NodeConfiguration {
    /// Which tokens are known beside the shared one, and for how long they are good (security.md §1).
    public struct Tokens: Sendable, Equatable {
        /// Hex SHA-256 digests of the operators' tokens (any of them opens; list two to rotate). Empty = no operator.
        public var adminTokenSHA256: [String] = []
        /// A JWKS file with the keys of room tokens; nil = no room tokens.
        public var keysFile: String?
        /// The longest time from `nbf` to `exp` of a room token, in seconds.
        public var maxLifetimeSeconds = 86_400
        /// How far the clocks of an issuer and of this node may differ, in seconds.
        public var leewaySeconds = 30

        public init() {}
    }

    /// Which rooms there are for whom (security.md §1).
    public struct Policy: Sendable, Equatable {
        /// A YAML file of patterns and rules, which comes before the lists; nil = none.
        public var file: String?
        /// Patterns of namespaces that anybody may enter. Empty = `global` and `globalroom`.
        public var publicNamespaces: [String] = []
        /// Patterns of namespaces that need a room token.
        public var inviteNamespaces: [String] = []
        /// Patterns of namespaces that need a room token with the grant `moderate`.
        public var adminNamespaces: [String] = []
        /// Whether peers without a token may send signals in public rooms: `allow` or `deny`.
        public var publicWrite = "allow"

        public init() {}
    }
}
