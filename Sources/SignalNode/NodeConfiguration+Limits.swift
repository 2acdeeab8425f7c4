extension NodeConfiguration {
    /// The bounds of one HTTP request, upgrade or not, before anybody is known (security.md rows 1 and 2).
    public struct Handshake: Sendable, Equatable {
        /// The time from accept to a complete request head, in milliseconds.
        public var timeoutMs = 5_000
        /// How long a kept-alive connection may stay between two requests, and one answer may take, in milliseconds:
        /// longer than the scrape interval of Prometheus and the idle pools of balancers.
        public var keepAliveMs = 75_000
        /// The size of the request line and all header fields, in bytes.
        public var headBytes = 16_384
        /// The number of header fields.
        public var headFields = 64
        /// The size of the request target, in bytes.
        public var uriBytes = 4_096
        /// The size of a request body, in bytes.
        public var bodyBytes = 16_384
        /// The most sockets on this node that have not finished their handshake.
        public var maxPending = 1_024
        /// How long a refused client may keep its socket open after the answer, in milliseconds.
        public var refusedLingerMs = 1_000

        public init() {}
    }

    /// The bounds of one WebSocket message (security.md rows 3 and 5).
    public struct Messages: Sendable, Equatable {
        /// The size of one message after assembly, in bytes; beyond it the socket is closed with 1009.
        public var maxBytes = 262_144
        /// The number of frames of one message, empty ones included.
        public var maxFragments = 256
        /// The time from the first to the last frame of one message, in milliseconds.
        public var assemblyMs = 10_000
        /// The nesting of JSON objects and arrays.
        public var maxDepth = 32
        /// The number of keys of one JSON object.
        public var maxKeys = 256
        /// The size of one JSON key, in bytes.
        public var maxKeyBytes = 128
        /// Messages that cannot be read, per minute and socket, before a socket of dialect 2 is closed.
        public var malformedPerMinute = 10
        /// Equal payloads of one sender inside `duplicateWindowMs` before it is told `duplicate_payload`.
        public var duplicatePayloadLimit = 20
        /// The window of `duplicatePayloadLimit`, in milliseconds.
        public var duplicateWindowMs = 10_000

        public init() {}
    }

    /// What one client address (an IPv4 address, an IPv6 /64) may use (security.md §2).
    public struct Rates: Sendable, Equatable {
        /// Sockets that one address may hold at once.
        public var connectionsPerIP = 12
        /// Sockets that one address may hold at once beside those: connections that speak HTTP, whatever they do, and
        /// WebSockets that are only waiting for their end. Never less than `connectionsPerIP`, so that all that may come
        /// can come at once; 0, or `connectionsPerIP` of 0 = no limit.
        public var httpConnectionsPerIP = 64
        /// Messages that one address may send per minute, over all of its sockets.
        public var messagesPerMinute = 300
        /// Signals per minute of one peer without a token in a public room, unless the policy file says otherwise; 0 = off,
        /// as everything here is while `messagesPerMinute` is 0.
        public var publicWritesPerMinute = 1_200
        /// The same of all peers without a token together in one room through one node.
        public var publicRoomWritesPerMinute = 6_000
        /// Whether the rates above are only counted and never enforced.
        public var dryRun = false
        /// Blocks whose addresses have no rate limit.
        public var exemptCIDRs: [String] = []

        public init() {}
    }

    /// How much a slow receiver may have waiting (security.md row 4).
    public struct Outbound: Sendable, Equatable {
        /// Bytes that may wait for one socket before it is closed with 1013.
        public var queueBytes = 8_388_608
        /// How long the oldest waiting byte may wait, in milliseconds.
        public var queueMs = 10_000
        /// A local sender that owns more than this, and more than half of a full queue, is paused.
        public var senderPauseBytes = 1_048_576
        /// Messages up to this size never pause their sender.
        public var senderFreeBytes = 16_384
        /// The longest pause of one sender, in milliseconds.
        public var senderPauseMs = 10_000
        /// Bytes that may wait on the whole node before the largest queue is closed.
        public var nodeBytes = 268_435_456
        /// How long bytes of an HTTP answer may wait for a client that does not read them all, in milliseconds; 0 = as
        /// long as the connection lives.
        public var answerMs = 30_000

        public init() {}
    }

    /// How the node finds out that a socket is dead.
    public struct Liveness: Sendable, Equatable {
        /// The time between two WebSocket pings to a silent socket, in milliseconds.
        public var pingIntervalMs = 25_000
        /// Unanswered pings after which the socket is closed.
        public var pongMisses = 2
        /// How long the node waits for the peer's close frame after its own, in milliseconds.
        public var closeTimeoutMs = 5_000

        public init() {}
    }

    /// The bounds of rendezvous records (security.md row 15).
    public struct Rendezvous: Sendable, Equatable {
        /// The lifetime of a record whose registration names none, in milliseconds.
        public var defaultTTLMs = 60_000
        /// Shorter lifetimes are raised to this, in milliseconds.
        public var minTTLMs = 5_000
        /// Longer lifetimes are cut to this, in milliseconds (libp2p: 72 h).
        public var maxTTLMs = 259_200_000
        /// The size of the metadata object of a record, in bytes of JSON.
        public var metadataBytes = 2_048
        /// The number of addresses of a record.
        public var maxAddresses = 16
        /// The size of one address, in bytes.
        public var addressBytes = 256
        /// The number of records of one room.
        public var recordsPerRoom = 1_000
        /// The number of records of one client address (IPv6: one /64); 0 = no limit.
        public var recordsPerAddress = 64
        /// The number of rooms in which one owner has records; 0 = no limit.
        public var roomsPerOwner = 1_000
        /// How often the changes of a watched room are asked for, in milliseconds.
        public var watchPollMs = 500
        /// The time between two comments on a silent watch, in milliseconds.
        public var watchHeartbeatMs = 15_000
        /// Watches of one client address at once; 0 = no limit.
        public var watchersPerAddress = 8
        /// Watches of this node at once; 0 = no limit.
        public var watchersPerNode = 1_000
        /// The page size of a discover request that names none.
        public var defaultDiscoverLimit = 32
        /// Larger page sizes are lowered to this.
        public var maxDiscoverLimit = 1_000
        /// The size of one answer to a discover request, in bytes of JSON; the cookie fetches the rest. 0 = no limit.
        public var discoverBytes = 1_048_576

        public init() {}
    }
}
