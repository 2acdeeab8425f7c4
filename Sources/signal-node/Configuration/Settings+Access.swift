import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.tokens` and `NodeConfiguration.policy`.
    static let tokensAndRooms: [Setting] = [
        Setting(
            "adminTokenSha256", .access, .list(\.tokens.adminTokenSHA256), secrecy: .secret, default: "no operator",
            "Hex SHA-256 digests of the operators' tokens, which open /admin and every room; list two to rotate."),
        Setting(
            "jwtKeysFile", .access, .optionalText(\.tokens.keysFile), default: "no room tokens",
            "JWKS file with the keys of room tokens; each needs kid and alg (EdDSA, ES256, HS256). Read again on SIGHUP."
        ),
        Setting(
            "jwtMaxLifetimeSeconds", .access, .integer(\.tokens.maxLifetimeSeconds, 1...86_400, .seconds),
            "Longest time from nbf to exp of a room token."),
        Setting(
            "jwtLeewaySeconds", .access, .integer(\.tokens.leewaySeconds, 0...300, .seconds),
            "How far the clocks of a token's issuer and of this node may differ."),
        Setting(
            "policyFile", .access, .optionalText(\.policy.file), default: "none",
            "YAML file of room patterns and their rules, which comes before the lists below. Read again on SIGHUP."),
        Setting(
            "publicNamespaces", .access, .list(\.policy.publicNamespaces), default: "`global,globalroom`",
            "Namespaces that anybody may enter; a `*` at the end stands for any rest."),
        Setting(
            "inviteNamespaces", .access, .list(\.policy.inviteNamespaces), default: "none",
            "Namespaces that need a room token."),
        Setting(
            "adminNamespaces", .access, .list(\.policy.adminNamespaces), default: "none",
            "Namespaces that need a room token with the grant moderate."),
        Setting(
            "publicWrite", .access, .text(\.policy.publicWrite),
            "Whether peers without a token may send signals in public rooms: allow or deny."),
        Setting(
            "publicWritesPerMinute", .rates, .integer(\.rates.publicWritesPerMinute, count, .count),
            "Signals per minute of one peer without a token in a public room; 0 means off, and so does a message rate of 0."
        ),
        Setting(
            "publicRoomWritesPerMinute", .rates, .integer(\.rates.publicRoomWritesPerMinute, count, .count),
            "The same of all peers without a token together in one room, through one node; 0 means off."),
    ]
}
