import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.delivery`.
    static let delivery: [Setting] = [
        Setting(
            "leaveWindowMs", .delivery,
            .integer(\.delivery.leaveWindowMs, 0...duration.upperBound, .milliseconds),
            "How long a peer whose socket was lost stays a member and may resume (dialect 2)."),
        Setting(
            "helloTimeoutMs", .delivery, .integer(\.delivery.helloTimeoutMs, duration, .milliseconds),
            "Time from the opened socket to the client's hello (dialect 2)."),
        Setting(
            "clientHeartbeatMs", .delivery, .integer(\.delivery.clientHeartbeatMs, 1_000...3_600_000, .milliseconds),
            "Interval of client heartbeats; two missed ones close the socket with 4408 (dialect 2)."),
        Setting(
            "spillMs", .delivery, .integer(\.delivery.spillMs, duration, .milliseconds),
            "How long a reliable signal inside this node waits for its confirmation before Redis stores it."),
        Setting(
            "spillMaxMs", .delivery, .integer(\.delivery.spillMaxMs, duration, .milliseconds),
            "Longest of these waits, for receivers with a long round trip."),
        Setting(
            "outcomeMs", .delivery, .integer(\.delivery.outcomeMs, duration, .milliseconds),
            "Time in which the sender of a reliable signal hears a first outcome."),
        Setting(
            "unconfirmedMs", .delivery, .integer(\.delivery.unconfirmedMs, duration, .milliseconds),
            "How long a receiver may leave a reliable signal unconfirmed before its socket is closed with 4408."),
        Setting(
            "heldBytesPerSession", .delivery, .integer(\.delivery.heldBytesPerSession, size, .bytes),
            "Unconfirmed reliable signals that a node holds for one sender; more are refused as full."),
        Setting(
            "heldBytesPerNode", .delivery, .integer(\.delivery.heldBytesPerNode, size, .bytes),
            "The same for all senders of a node."),
        Setting(
            "inboxEntries", .delivery, .integer(\.delivery.inboxEntries, 1...65_536, .count),
            "Unconfirmed reliable signals that Redis keeps for one session."),
        Setting(
            "inboxBytes", .delivery, .integer(\.delivery.inboxBytes, 1_024...1_073_741_824, .bytes),
            "Size of these."),
        Setting(
            "inboxTtlMs", .delivery, .integer(\.delivery.inboxTTLMs, duration, .milliseconds),
            "Lifetime in Redis of a session's inbox that no node refreshes."),
        Setting(
            "reliableMessageBytes", .delivery, .integer(\.delivery.reliableMessageBytes, 1_024...67_108_864, .bytes),
            "Size of one reliable signal; MAX_MESSAGE_BYTES holds for it too."),
        Setting(
            "peerMetadataBytes", .delivery, .integer(\.delivery.peerMetadataBytes, 0...1_048_576, .bytes),
            "Size of a peer's metadata object (dialect 2)."),
        Setting(
            "largeRoomMetadataBytes", .delivery, .integer(\.delivery.largeRoomMetadataBytes, 0...1_048_576, .bytes),
            "The same in a large room."),
        Setting(
            "largeRoomMembers", .delivery, .integer(\.delivery.largeRoomMembers, count, .count),
            "Members beyond which a room is large; 0 makes every room large."),
        Setting(
            "resyncChanges", .delivery, .integer(\.delivery.resyncChanges, count, .count),
            "Changes of a room at one moment, as after an outage, beyond which a client is sent a list instead (resync)."
        ),
        Setting(
            "controlMessagesPerSecond", .delivery, .integer(\.delivery.controlMessagesPerSecond, count, .count),
            "ack, heartbeat, telemetry, presence, auth and leave per second and socket, outside the message rate; "
                + "0 means off."),
    ]
}
