import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.turn`.
    static let turn: [Setting] = [
        Setting(
            "turnSecret", .turn, .list(\.turn.secrets), secrecy: .secret, default: "no TURN",
            "Secret of the TURN servers (their static-auth-secret); the first signs, a second is the one before. A file of it "
                + "is read again on SIGHUP."),
        Setting(
            "turnUris", .turn, .list(\.turn.uris), default: "none",
            "TURN servers in one place, as turn:turn.example.org:3478?transport=udp."),
        Setting(
            "turnRegions", .turn, .optionalText(\.turn.regions), default: "none",
            "TURN servers in several places instead: name=uri,uri;name:weight=uri (docs/turn.md)."),
        Setting(
            "turnTtlSeconds", .turn, .integer(\.turn.ttlSeconds, 600...3_600, .seconds),
            "How long TURN credentials are good for."),
        Setting(
            "turnCredentialsPerMinute", .turn, .integer(\.turn.credentialsPerMinute, count, .count),
            "How often per minute one peer, and one address, is given TURN credentials; 0 means off."),
    ]
}
