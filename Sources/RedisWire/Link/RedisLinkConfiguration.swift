public import NIOCore

/// The limits and times of a link, and what it says first on each connection.
public struct RedisLinkConfiguration: Sendable {
    /// For the TCP connection, name resolution included.
    public var connectTimeout: TimeAmount
    /// For the connection to one Sentinel, and for its answer: Sentinels are asked one after the other, so a dead one
    /// costs this much of a failover.
    public var sentinelTimeout: TimeAmount
    /// From the moment a command is written to its reply; a connection that misses it is dropped.
    public var commandTimeout: TimeAmount
    /// The first pause before a connection is tried again; pauses are random up to their bound (full jitter).
    public var reconnectBackoffMin: TimeAmount
    /// The bound that doubled pauses do not exceed.
    public var reconnectBackoffMax: TimeAmount
    /// A connection that was up for this long makes the pauses start from the minimum again.
    public var stableAfter: TimeAmount
    /// Bytes of commands that may wait for replies at one time, counted as payload plus 16 per word.
    public var maxPipelineBytes: Int
    /// A longer reply breaks the protocol.
    public var maxReplyBytes: Int
    /// How long a subscribed connection may be silent before it is asked for a `PONG`.
    public var heartbeatInterval: TimeAmount
    /// A subscribed connection on which no byte arrives for this long is dropped.
    public var silenceTimeout: TimeAmount
    /// Shown by `CLIENT LIST`; a server that refuses it is used all the same.
    public var clientName: String?
    /// Used for `rediss` URLs; nil verifies against the system's trust roots.
    public var tls: RedisTLS?
    /// Commands of every new connection, after login and database: the link is up when all of them succeeded.
    public var prelude: [RedisCommand]

    public init(
        connectTimeout: TimeAmount = .seconds(1), sentinelTimeout: TimeAmount = .milliseconds(300),
        commandTimeout: TimeAmount = .seconds(1),
        reconnectBackoffMin: TimeAmount = .milliseconds(50), reconnectBackoffMax: TimeAmount = .milliseconds(500),
        stableAfter: TimeAmount = .seconds(2), maxPipelineBytes: Int = 1 << 20, maxReplyBytes: Int = 16 << 20,
        heartbeatInterval: TimeAmount = .seconds(1), silenceTimeout: TimeAmount = .seconds(3),
        clientName: String? = nil, tls: RedisTLS? = nil, prelude: [RedisCommand] = []
    ) {
        self.connectTimeout = connectTimeout
        self.sentinelTimeout = sentinelTimeout
        self.commandTimeout = commandTimeout
        self.reconnectBackoffMin = reconnectBackoffMin
        self.reconnectBackoffMax = reconnectBackoffMax
        self.stableAfter = stableAfter
        self.maxPipelineBytes = maxPipelineBytes
        self.maxReplyBytes = maxReplyBytes
        self.heartbeatInterval = heartbeatInterval
        self.silenceTimeout = silenceTimeout
        self.clientName = clientName
        self.tls = tls
        self.prelude = prelude
    }
}
