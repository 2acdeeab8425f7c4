import SignalNode

/// The table of all settings: the only place that names them.
///
/// Flags, environment variables, file keys, `serve --help`, `check` and docs/configuration.md are derived from it.
enum Settings {
    static let all: [Setting] =
        node + listener + access + tokensAndRooms + redis + cluster + drain + rates + handshake + messages + outbound
        + liveness + rooms + delivery + compatibility + rendezvous + turn + telemetry + audit + abuse + console

    /// Names the JSON file that the lowest source reads; it has no place in `NodeConfiguration`.
    static let configFile = Setting.Names(key: "configFile")

    /// Any duration in milliseconds up to ten days.
    static let duration = 1...864_000_000
    /// Any size up to 1 TiB.
    static let size = 0...1_099_511_627_776
    /// Any count; 0 means off.
    static let count = 0...1_000_000_000

    private static let node: [Setting] = [
        Setting(
            "nodeName", .node, .text(\.nodeName), default: "the host name",
            "Name of this node in logs, in /health and in the edge's hash ring; unique in the cluster."),
        Setting(
            "logLevel", .node, .level(\.logLevel),
            "Least severe level that is logged. Read again on SIGHUP where CONFIG_FILE holds it."),
        Setting(
            "publicSignalingUrl", .node, .optionalText(\.publicSignalingURL), default: "from the request",
            "The wss://…/signal address that /bootstrap tells to clients."),
        Setting("stunUris", .node, .list(\.stunURIs), "STUN servers that /bootstrap lists."),
        Setting(
            "browserPages", .node, .bool(\.browserPages),
            "Serves the demo at /, the console at /console and the browser's modules at /client/."),
    ]

    private static let listener: [Setting] = [
        Setting("host", .listener, .text(\.listener.host), "Address to bind."),
        Setting(
            "port", .listener, .integer(\.listener.port, 0...65_535, .count),
            "TCP port of HTTP and WebSocket; 0 lets the system choose."),
        Setting(
            "eventLoops", .listener, .integer(\.listener.eventLoops, 0...1_024, .count),
            "Event loops of the sockets; 0 means one less than cores, at least one."),
        Setting(
            "maxSockets", .listener, .integer(\.listener.maxSockets, count, .count),
            "Most sockets on this node; 0 leaves only the file descriptor limit."),
    ]

    private static let access: [Setting] = [
        Setting(
            "signalTokenSha256", .access, .list(\.access.signalTokenSHA256), secrecy: .secret, default: "no token",
            "Hex SHA-256 digests of the accepted shared tokens; list two to rotate."),
        Setting(
            "clusterSecret", .access, .optionalText(\.access.clusterSecret), secrecy: .secret, default: "none",
            "Key of keyed hashes and signed cookies; the same on all nodes, required with Redis."),
        Setting(
            "allowedOrigins", .access, .list(\.access.allowedOrigins), default: "any",
            "Origins that may open a WebSocket and read answers."),
        Setting(
            "trustedProxyCidrs", .access, .list(\.access.trustedProxyCIDRs), default: "none",
            "Blocks of the proxies whose X-Forwarded-For is believed."),
        Setting(
            "legacyReplace", .access, .bool(\.access.legacyReplace),
            "A second connection with a live peerId always replaces the first, whoever opens it."),
    ]

    private static let redis: [Setting] = [
        Setting(
            "redisUrl", .redis, .optionalText(\.redis.url), secrecy: .address, default: "embedded backplane",
            "Redis of the cluster: redis://, rediss://, or sentinel://host,host,host/primary, sentinels:// (docs/redis.md)."
        ),
        Setting(
            "redisUrls", .redis, .optionalText(\.redis.urls), secrecy: .address, default: "one shard",
            "Several shards instead of one Redis: name=url;name=url, the same on all nodes."),
        Setting(
            "redisSentinelUser", .redis, .optionalText(\.redis.sentinelUser), default: "default user",
            "ACL user of the Sentinels themselves."),
        Setting(
            "redisSentinelPassword", .redis, .optionalText(\.redis.sentinelPassword), secrecy: .secret,
            default: "no login",
            "Password of the Sentinels themselves; the login in the address is that of the data servers."),
        Setting(
            "redisSentinelTimeoutMs", .redis, .integer(\.redis.sentinelTimeoutMs, 10...60_000, .milliseconds),
            "How long one Sentinel may take to connect, and to answer, before the next one is asked."),
        Setting(
            "redisRequired", .redis, .bool(\.redis.required),
            "The node is not ready before its first registration in Redis."),
        Setting(
            "redisTrustRootsFile", .redis, .optionalText(\.redis.trustRootsFile), default: "the system's",
            "PEM file of the authorities behind the certificate of a rediss:// server."),
        Setting(
            "redisCommandTimeoutMs", .redis, .integer(\.redis.commandTimeoutMs, duration, .milliseconds),
            "Time after which an unanswered command fails."),
        Setting(
            "redisReconnectMinMs", .redis, .integer(\.redis.reconnectMinMs, duration, .milliseconds),
            "First pause before a reconnect; it doubles, with jitter."),
        Setting(
            "redisReconnectMaxMs", .redis, .integer(\.redis.reconnectMaxMs, duration, .milliseconds),
            "Longest pause before a reconnect."),
        Setting(
            "redisPipelineBytes", .redis, .integer(\.redis.pipelineBytes, 1_024...size.upperBound, .bytes),
            "Commands that may wait for one link before new ones fail."),
    ]

    private static let cluster: [Setting] = [
        Setting(
            "leaseMs", .cluster, .integer(\.cluster.leaseMs, 300...600_000, .milliseconds),
            "How long the cluster keeps a silent node."),
        Setting(
            "heartbeatMs", .cluster, .integer(\.cluster.heartbeatMs, 50...200_000, .milliseconds),
            "Time between two heartbeats; three fit into a lease."),
        Setting(
            "amnestyGapMs", .cluster, .integer(\.cluster.amnestyGapMs, 100...600_000, .milliseconds),
            "Pause of all heartbeats after which leases are moved instead of expired."),
        Setting(
            "recallMs", .cluster, .integer(\.cluster.recallMs, 0...3_600_000, .milliseconds),
            "How long a node remembers rooms that its last member left, to announce them empty after a failover."),
        Setting(
            "roomKeyTtlMs", .cluster, .integer(\.cluster.roomKeyTTLMs, 60_000...duration.upperBound, .milliseconds),
            "Lifetime of a room's keys in Redis that no node refreshes."),
        Setting(
            "roomKeyRefreshMs", .cluster,
            .integer(\.cluster.roomKeyRefreshMs, 10_000...duration.upperBound, .milliseconds),
            "Time between two refreshes of these keys by each interested node."),
    ]

    private static let drain: [Setting] = [
        Setting(
            "drainSeconds", .drain, .integer(\.drain.seconds, 0...3_600, .seconds),
            "Time from SIGTERM to the last closed socket."),
        Setting(
            "drainBalancerSeconds", .drain, .integer(\.drain.balancerSeconds, 0...3_600, .seconds),
            "Beginning of the drain in which balancers may notice and no socket is closed."),
        Setting(
            "drainNoticeMs", .drain, .integer(\.drain.noticeMs, 0...60_000, .milliseconds),
            "From the go-away of a client to the close of its socket; at most half of the time in which sockets close."),
        Setting(
            "drainLeaseMs", .drain, .integer(\.drain.leaseMs, 0...600_000, .milliseconds),
            "Lease that a drained node leaves behind, for its sessions to resume elsewhere."),
        Setting(
            "hardExitSeconds", .drain, .integer(\.drain.hardExitSeconds, 1...7_200, .seconds),
            "Time from SIGTERM to the exit at the latest."),
    ]

    private static let rates: [Setting] = [
        Setting(
            "rateLimitConnectionsPerIp", .rates, .integer(\.rates.connectionsPerIP, count, .count),
            "Sockets that one address (IPv6: one /64) may hold; 0 means off."),
        Setting(
            "httpConnectionsPerIp", .rates, .integer(\.rates.httpConnectionsPerIP, count, .count),
            "HTTP connections and closing sockets of one address, at least as many as it may hold sockets; 0, or no "
                + "limit of those, means off."),
        Setting(
            "rateLimitMessagesPerMinute", .rates, .integer(\.rates.messagesPerMinute, count, .count),
            "Messages per minute of one address; 0 means off."),
        Setting("rateLimitDryRun", .rates, .bool(\.rates.dryRun), "Only counts what the rate limits would refuse."),
        Setting(
            "rateLimitExemptCidrs", .rates, .list(\.rates.exemptCIDRs), default: "none",
            "Blocks whose addresses have no rate limit."),
    ]

    private static let handshake: [Setting] = [
        Setting(
            "handshakeTimeoutMs", .handshake, .integer(\.handshake.timeoutMs, duration, .milliseconds),
            "Time from accept to a complete request head."),
        Setting(
            "keepAliveMs", .handshake, .integer(\.handshake.keepAliveMs, duration, .milliseconds),
            "Time that a kept-alive connection may stay between two requests, and one answer may take."),
        Setting(
            "httpHeadBytes", .handshake, .integer(\.handshake.headBytes, 1_024...1_048_576, .bytes),
            "Size of the request line and all header fields."),
        Setting(
            "httpHeadFields", .handshake, .integer(\.handshake.headFields, 8...1_024, .count),
            "Number of header fields of a request."),
        Setting(
            "httpUriBytes", .handshake, .integer(\.handshake.uriBytes, 256...65_536, .bytes),
            "Size of the request target."),
        Setting(
            "httpBodyBytes", .handshake, .integer(\.handshake.bodyBytes, 256...16_777_216, .bytes),
            "Size of a request body."),
        Setting(
            "maxUnauthenticatedSockets", .handshake, .integer(\.handshake.maxPending, count, .count),
            "Most sockets that have not finished their handshake; 0 means off."),
        Setting(
            "refusedLingerMs", .handshake, .integer(\.handshake.refusedLingerMs, duration, .milliseconds),
            "How long a refused client may keep its socket open after the answer."),
    ]

    private static let messages: [Setting] = [
        Setting(
            "maxMessageBytes", .messages, .integer(\.messages.maxBytes, 1_024...67_108_864, .bytes),
            "Size of one WebSocket message; a larger one closes the socket with 1009."),
        Setting(
            "maxMessageFragments", .messages, .integer(\.messages.maxFragments, 1...65_536, .count),
            "Frames of one message, empty ones included."),
        Setting(
            "messageAssemblyMs", .messages, .integer(\.messages.assemblyMs, duration, .milliseconds),
            "Time from the first to the last frame of one message."),
        Setting(
            "jsonMaxDepth", .messages, .integer(\.messages.maxDepth, 1...1_024, .count),
            "Nesting of objects and arrays in a message."),
        Setting(
            "jsonMaxKeys", .messages, .integer(\.messages.maxKeys, 1...65_536, .count),
            "Keys of one JSON object."),
        Setting(
            "jsonMaxKeyBytes", .messages, .integer(\.messages.maxKeyBytes, 1...65_536, .bytes), "Size of one key."),
        Setting(
            "duplicatePayloadLimit", .messages, .integer(\.messages.duplicatePayloadLimit, count, .count),
            "Equal payloads of one sender in the window before duplicate_payload; 0 means off."),
        Setting(
            "duplicateWindowMs", .messages, .integer(\.messages.duplicateWindowMs, duration, .milliseconds),
            "Window of the limit above."),
    ]

    private static let outbound: [Setting] = [
        Setting(
            "outboundQueueBytes", .outbound, .integer(\.outbound.queueBytes, size, .bytes),
            "Bytes that may wait for one socket before it is closed with 1013; 0 means off."),
        Setting(
            "outboundQueueMs", .outbound, .integer(\.outbound.queueMs, 0...duration.upperBound, .milliseconds),
            "How long the oldest byte may wait for one socket; 0 means off."),
        Setting(
            "senderPauseBytes", .outbound, .integer(\.outbound.senderPauseBytes, size, .bytes),
            "Share of a full queue from which its local sender is paused; 0 means never."),
        Setting(
            "senderFreeBytes", .outbound, .integer(\.outbound.senderFreeBytes, size, .bytes),
            "Messages up to this size never pause their sender."),
        Setting(
            "senderPauseMs", .outbound, .integer(\.outbound.senderPauseMs, duration, .milliseconds),
            "Longest pause of one sender."),
        Setting(
            "nodeOutboundBytes", .outbound, .integer(\.outbound.nodeBytes, size, .bytes),
            "Bytes that may wait on the whole node before the largest queue is closed; 0 means off."),
        Setting(
            "httpAnswerMs", .outbound, .integer(\.outbound.answerMs, 0...duration.upperBound, .milliseconds),
            "How long bytes of an HTTP answer may wait for a client that does not read; 0 means off."),
    ]

    private static let liveness: [Setting] = [
        Setting(
            "pingIntervalMs", .liveness, .integer(\.liveness.pingIntervalMs, 0...duration.upperBound, .milliseconds),
            "Time between two pings to a silent socket; 0 means off."),
        Setting(
            "pongMisses", .liveness, .integer(\.liveness.pongMisses, 1...100, .count),
            "Unanswered pings after which the socket is closed."),
        Setting(
            "closeTimeoutMs", .liveness, .integer(\.liveness.closeTimeoutMs, duration, .milliseconds),
            "How long the node waits for the peer's close frame after its own."),
    ]

    private static let rooms: [Setting] = [
        Setting(
            "roomMaxMembers", .rooms, .integer(\.rooms.maxMembers, count, .count),
            "Most members of one room over the whole cluster; 0 means off.")
    ]

    private static let rendezvous: [Setting] = [
        Setting(
            "rendezvousDefaultTtlMs", .rendezvous, .integer(\.rendezvous.defaultTTLMs, duration, .milliseconds),
            "Lifetime of a record whose registration names none."),
        Setting(
            "rendezvousMinTtlMs", .rendezvous, .integer(\.rendezvous.minTTLMs, duration, .milliseconds),
            "Shorter lifetimes are raised to this."),
        Setting(
            "rendezvousMaxTtlMs", .rendezvous, .integer(\.rendezvous.maxTTLMs, duration, .milliseconds),
            "Longer lifetimes are cut to this."),
        Setting(
            "rendezvousMetadataBytes", .rendezvous, .integer(\.rendezvous.metadataBytes, size, .bytes),
            "Size of a record's metadata object."),
        Setting(
            "rendezvousMaxAddresses", .rendezvous, .integer(\.rendezvous.maxAddresses, 0...1_024, .count),
            "Addresses of a record."),
        Setting(
            "rendezvousAddressBytes", .rendezvous, .integer(\.rendezvous.addressBytes, 1...4_096, .bytes),
            "Size of one address."),
        Setting(
            "rendezvousRecordsPerRoom", .rendezvous, .integer(\.rendezvous.recordsPerRoom, count, .count),
            "Records of one room; 0 means off."),
        Setting(
            "rendezvousRecordsPerAddress", .rendezvous, .integer(\.rendezvous.recordsPerAddress, count, .count),
            "Records of one address (IPv6: one /64); 0 means off."),
        Setting(
            "rendezvousRoomsPerOwner", .rendezvous, .integer(\.rendezvous.roomsPerOwner, count, .count),
            "Rooms in which one owner has records; 0 means off."),
        Setting(
            "rendezvousWatchPollMs", .rendezvous, .integer(\.rendezvous.watchPollMs, 50...60_000, .milliseconds),
            "How often the changes of a watched room are asked for."),
        Setting(
            "rendezvousWatchHeartbeatMs", .rendezvous,
            .integer(\.rendezvous.watchHeartbeatMs, 100...600_000, .milliseconds),
            "Time between two comments on a silent watch; shorter than KEEP_ALIVE_MS and every proxy's patience."),
        Setting(
            "rendezvousWatchersPerAddress", .rendezvous, .integer(\.rendezvous.watchersPerAddress, count, .count),
            "Watches of one address at once; 0 means off."),
        Setting(
            "rendezvousWatchersPerNode", .rendezvous, .integer(\.rendezvous.watchersPerNode, count, .count),
            "Watches of this node at once; 0 means off."),
        Setting(
            "rendezvousDiscoverLimit", .rendezvous, .integer(\.rendezvous.defaultDiscoverLimit, 1...10_000, .count),
            "Page size of a discover request that names none."),
        Setting(
            "rendezvousMaxDiscoverLimit", .rendezvous, .integer(\.rendezvous.maxDiscoverLimit, 1...10_000, .count),
            "Larger page sizes are lowered to this."),
        Setting(
            "rendezvousDiscoverBytes", .rendezvous, .integer(\.rendezvous.discoverBytes, size, .bytes),
            "Size of one discover answer; the cookie fetches the rest. 0 means off."),
    ]
}
