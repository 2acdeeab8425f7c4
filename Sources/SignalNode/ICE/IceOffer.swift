import SignalDomain

/// The STUN and TURN servers that one client is told, with its credentials.
struct IceOffer: Sendable {
    /// What `RTCPeerConnection` takes as `iceServers`, as JSON text.
    let json: String
    /// How long the client can count on it, in milliseconds.
    let ttlMs: Int64
    /// When the node tells the client something newer, and with which secret this was signed; nil = never.
    let lease: IceLease?

    init(stun: [String], turn: (uris: [String], credential: TurnCredential)? = nil, ttlMs: Int64, lease: IceLease?) {
        var servers: [String] = []
        if !stun.isEmpty { servers.append("{\"urls\":\(Self.list(stun))}") }
        if let turn {
            servers.append(
                "{\"urls\":\(Self.list(turn.uris)),\"username\":\(Self.quote(turn.credential.username)),"
                    + "\"credential\":\(Self.quote(turn.credential.password))}")
        }
        json = "[\(servers.joined(separator: ","))]"
        self.ttlMs = ttlMs
        self.lease = lease
    }

    private static func list(_ uris: [String]) -> String { "[\(uris.map(quote).joined(separator: ","))]" }

    private static func quote(_ text: String) -> String { String(decoding: JSONText.quote(text), as: UTF8.self) }
}

/// What a session remembers of its credentials.
struct IceLease: Hashable, Sendable {
    /// Milliseconds of the node's clock.
    var renewAtMs: Int64
    /// Which of the node's secrets signed them, counted from 0.
    var secret: Int
    /// False for a client that has no credentials yet, because the budget did not admit it.
    var hasTURN = true
    /// Whether connections over the old credentials should restart when the new ones come.
    var advisesRestart = false
}
