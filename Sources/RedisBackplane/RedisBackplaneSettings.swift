public import Backplane
public import RedisWire
public import SignalDomain

/// Where the shared state lives, and the clockwork of the cluster (cluster.md §2.5).
public struct RedisBackplaneSettings: Sendable {
    /// One server, or the Sentinels that know the primary.
    public var address: RedisAddress
    public var link: RedisLinkConfiguration
    /// Milliseconds.
    public var leaseMs: Int64
    public var heartbeatMs: Int64
    public var amnestyGapMs: Int64
    public var roomKeyTTLMs: Int64
    public var rendezvous: RendezvousBounds
    public var inbox: InboxLimits
    public var moderation: ModerationBounds
    #if DEBUG
        /// Rules that the scripts of this node lack, to show what each of them prevents.
        package var withoutGuards: Guards = []
    #endif

    public init(
        address: RedisAddress, link: RedisLinkConfiguration = .init(), leaseMs: Int64 = 5_000, heartbeatMs: Int64 = 500,
        amnestyGapMs: Int64 = 2_500, roomKeyTTLMs: Int64 = 3_600_000, rendezvous: RendezvousBounds = .init(),
        inbox: InboxLimits = .init(), moderation: ModerationBounds = .init()
    ) {
        self.address = address
        self.link = link
        self.leaseMs = leaseMs
        self.heartbeatMs = heartbeatMs
        self.amnestyGapMs = amnestyGapMs
        self.roomKeyTTLMs = roomKeyTTLMs
        self.rendezvous = rendezvous
        self.inbox = inbox
        self.moderation = moderation
    }

    /// The text under which a script is loaded.
    func source(of script: Script) -> String {
        #if DEBUG
            script.source(without: withoutGuards)
        #else
            script.source
        #endif
    }

    /// The link's configuration under a name that `CLIENT LIST` shows.
    func link(named name: String) -> RedisLinkConfiguration {
        var link = link
        link.clientName = (link.clientName ?? "signal-node") + "-" + name
        return link
    }
}
