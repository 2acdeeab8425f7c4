extension NodeConfiguration {
    /// How reliable signals are held, confirmed and given up, and how long a peer without a socket stays a member
    /// (protocol.md §4, cluster.md §2.5, §2.7 and §2.8).
    public struct Delivery: Sendable, Equatable {
        /// How long a dialect 2 peer whose socket was lost stays a member and may resume, in milliseconds; 0 = not at all.
        public var leaveWindowMs = 30_000
        /// The time from the opened socket to the client's first frame, in milliseconds (dialect 2).
        public var helloTimeoutMs = 5_000
        /// The interval of client heartbeats that `welcome` asks for, in milliseconds; after two missed ones the socket is
        /// closed with 4408.
        public var clientHeartbeatMs = 25_000
        /// How long a reliable signal between two sessions of this node may wait for its receiver's confirmation before it
        /// is stored in Redis, in milliseconds: at least this, three round trips of the receiver if that is longer.
        public var spillMs = 150
        /// The longest of these waits, in milliseconds.
        public var spillMaxMs = 1_000
        /// The time in which the sender of a reliable signal hears a first outcome (`stored`, `received`, `written` or
        /// `nack`), in milliseconds.
        public var outcomeMs = 5_000
        /// How long a receiver may leave a reliable signal unconfirmed before its socket is closed with 4408, in
        /// milliseconds.
        public var unconfirmedMs = 20_000
        /// Bytes of copies that the node holds for one sender until they are confirmed; beyond it signals are refused as
        /// `full`.
        public var heldBytesPerSession = 1_048_576
        /// Bytes of copies that the node holds for all of its senders.
        public var heldBytesPerNode = 67_108_864
        /// Unconfirmed signals that Redis keeps for one session.
        public var inboxEntries = 256
        /// Bytes of them.
        public var inboxBytes = 1_048_576
        /// How long Redis keeps the inbox of a session that no node refreshes, in milliseconds.
        public var inboxTTLMs = 600_000
        /// The size of one reliable signal, in bytes; never more than `messages.maxBytes`.
        public var reliableMessageBytes = 65_536
        /// The size of the metadata object of a peer, in bytes of JSON.
        public var peerMetadataBytes = 2_048
        /// The same in a room of more than `largeRoomMembers`.
        public var largeRoomMetadataBytes = 256
        /// The number of members beyond which a room counts as large.
        public var largeRoomMembers = 500
        /// Changes of a room at one moment, as after an outage, beyond which a client is sent the whole list (`resync`)
        /// instead of one message for each.
        public var resyncChanges = 50
        /// Frames per second and socket of `ack`, `heartbeat`, `telemetry`, `presence`, `auth` and `leave`, which the
        /// message rate does not count.
        public var controlMessagesPerSecond = 20

        public init() {}
    }
}
