/// The first message of the server in dialect 2: the room as it is at one version, and all that the client needs.
public struct Welcome: Sendable {
    public var peer: PeerID
    public var room: RoomKey
    public var now: Timestamp
    /// The node's name.
    public var node: String
    /// The session goes on where it was; false = it begins here, whatever the client asked for.
    public var resumed: Bool
    /// Every other peer of the room, or the first page of them.
    public var members: [PresenceEntry]
    /// The rest follows in `members` messages.
    public var more = false
    /// The room version at which `members` is the truth.
    public var version: UInt64
    public var resumeToken: String
    /// How long a lost session waits for its client, in milliseconds.
    public var resumeWindowMs: Int64
    /// The array for `RTCPeerConnection`, as JSON text.
    public var iceServers: String
    /// How long the credentials in `iceServers` are good, in milliseconds.
    public var iceTtlMs: Int64
    /// The pause between two heartbeats of the client, in milliseconds.
    public var heartbeatMs: Int64
    public var limits: MessageLimits
    /// What the token allows.
    public var grants: [String]

    /// What a client may send.
    public struct MessageLimits: Hashable, Sendable {
        public var maxMessageBytes: Int
        public var messagesPerMinute: Int

        public init(maxMessageBytes: Int, messagesPerMinute: Int) {
            self.maxMessageBytes = maxMessageBytes
            self.messagesPerMinute = messagesPerMinute
        }
    }

    public init(
        peer: PeerID, room: RoomKey, now: Timestamp, node: String, resumed: Bool, members: [PresenceEntry],
        more: Bool = false, version: UInt64, resumeToken: String, resumeWindowMs: Int64, iceServers: String,
        iceTtlMs: Int64, heartbeatMs: Int64, limits: MessageLimits, grants: [String]
    ) {
        self.peer = peer
        self.room = room
        self.now = now
        self.node = node
        self.resumed = resumed
        self.members = members
        self.more = more
        self.version = version
        self.resumeToken = resumeToken
        self.resumeWindowMs = resumeWindowMs
        self.iceServers = iceServers
        self.iceTtlMs = iceTtlMs
        self.heartbeatMs = heartbeatMs
        self.limits = limits
        self.grants = grants
    }

    /// The message as JSON text.
    public var json: [UInt8] {
        var object = JSONObjectText(capacity: 1_024 + 128 * members.count)
        object.add("type", "welcome")
        object.add("peerId", peer.text)
        object.add("namespace", room.namespace)
        object.add("room", room.room)
        object.add("now", now.iso8601)
        object.add("protocol", Dialect.two.rawValue)
        object.add("node", node)
        object.add("resumed", resumed)
        object.add("members", members.lazy.map(\.json))
        if more { object.add("more", true) }
        object.add("v", version)
        var resume = JSONObjectText()
        resume.add("token", resumeToken)
        resume.add("windowMs", resumeWindowMs)
        object.add("resume", resume)
        object.add("iceServers", json: iceServers)
        object.add("iceTtlMs", iceTtlMs)
        object.add("heartbeatMs", heartbeatMs)
        var bounds = JSONObjectText()
        bounds.add("maxMessageBytes", limits.maxMessageBytes)
        bounds.add("messagesPerMinute", limits.messagesPerMinute)
        object.add("limits", bounds)
        object.add("grants", grants)
        return object.closed
    }
}
