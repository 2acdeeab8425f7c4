public import Logging

/// Everything that an operator decides about one node, with the defaults that a node without any setting uses.
///
/// Numbers carry their unit in the name (`…Ms`, `…Bytes`, `…Seconds`). A limit of 0 means "off" unless the field says
/// otherwise. The value is read once at start and never changes afterwards, so it crosses threads as a plain copy.
/// `problems()` says what is wrong with it in sentences.
public struct NodeConfiguration: Sendable, Equatable {
    /// The name of this node in logs, in `/health` and in the edge's hash ring; unique in the cluster.
    public var nodeName = "node"
    /// The least severe level that is logged.
    public var logLevel = Logger.Level.info
    /// The `wss://…/signal` address that `/bootstrap` tells to clients; nil derives it from the request.
    public var publicSignalingURL: String?
    /// STUN servers that `/bootstrap` lists (RFC 7064 URIs).
    public var stunURIs = ["stun:stun.l.google.com:19302"]
    /// Whether the node serves the demo, the console and the modules of the browser client.
    public var browserPages = true

    public var listener = Listener()
    public var redis = Redis()
    public var access = Access()
    public var tokens = Tokens()
    public var policy = Policy()
    public var handshake = Handshake()
    public var messages = Messages()
    public var rates = Rates()
    public var outbound = Outbound()
    public var liveness = Liveness()
    public var rooms = Rooms()
    public var rendezvous = Rendezvous()
    public var cluster = Cluster()
    public var drain = Drain()
    public var delivery = Delivery()
    public var turn = TURN()
    public var audit = Audit()
    public var telemetry = Telemetry()
    public var abuse = Abuse()
    public var console = Console()
    public var compatibility = Compatibility()

    /// A configuration of defaults: one node, embedded backplane, every room open.
    public init() {}
}

extension NodeConfiguration {
    /// Where the node listens and how many threads and sockets it uses.
    public struct Listener: Sendable, Equatable {
        /// The address to bind: an IP address or a name that resolves to a local one.
        public var host = "0.0.0.0"
        /// The TCP port of HTTP and WebSocket; 0 lets the system choose.
        public var port = 8787
        /// The number of event loops of the sockets; 0 means one less than cores, at least one.
        public var eventLoops = 0
        /// The most sockets that are open at once on this node; 0 leaves only the limit of the file descriptors.
        public var maxSockets = 0

        public init() {}
    }

    /// Who may connect, and whose word about an address is believed.
    public struct Access: Sendable, Equatable {
        /// Hex SHA-256 digests of the accepted shared tokens (any of them opens; list two to rotate). Empty = no token.
        public var signalTokenSHA256: [String] = []
        /// The key of all keyed hashes and signed cookies; equal on all nodes. Nil only without Redis.
        public var clusterSecret: String?
        /// Origins that may open a WebSocket and read answers, in any case; empty = any. `null` only if listed.
        public var allowedOrigins: [String] = []
        /// Blocks (`10.0.0.0/8`, `fd00::/8`) of the proxies whose `X-Forwarded-For` is believed.
        public var trustedProxyCIDRs: [String] = []
        /// Whether a second connection with a live peerId always replaces the first, whoever opens it.
        public var legacyReplace = false

        public init() {}

        /// Whether `allowedOrigins` lists this one: scheme and host have no case (RFC 6454 §4).
        public func lists(origin: String) -> Bool {
            let wanted = origin.lowercased()
            return allowedOrigins.contains { $0.lowercased() == wanted }
        }
    }

    /// What members of a room may cost each other.
    public struct Rooms: Sendable, Equatable {
        /// The most members of one room over the whole cluster.
        public var maxMembers = 10_000

        public init() {}
    }
}
