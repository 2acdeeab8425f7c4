extension NodeConfiguration {
    /// The Redis that the nodes of a cluster share; without an address the backplane is embedded and the node is alone.
    public struct Redis: Sendable, Equatable {
        /// `redis://[user:password@]host:port[/db]`, `rediss://…`, or `sentinel://[user:password@]host:port,…/primary`,
        /// `sentinels://…`: the one shard of most clusters.
        public var url: String?
        /// `name=url;name=url`: several shards, each with an address as in `url`; excludes `url`.
        public var urls: String?
        /// The ACL user of the Sentinels themselves; nil is their `default` user.
        public var sentinelUser: String?
        /// The password of the Sentinels themselves; nil asks them without a login. That of the data servers stands in
        /// the address.
        public var sentinelPassword: String?
        /// How long one Sentinel may take to connect, and to answer, before the next one is asked, in milliseconds.
        public var sentinelTimeoutMs = 300
        /// Whether the node stays not ready until its first registration in Redis.
        public var required = true
        /// A PEM file of the authorities that sign the certificate of a `rediss` server; nil = the system's.
        public var trustRootsFile: String?
        /// The time after which an unanswered command fails, in milliseconds.
        public var commandTimeoutMs = 1_000
        /// The first pause before a reconnect, in milliseconds; it doubles up to `reconnectMaxMs`, with jitter.
        public var reconnectMinMs = 50
        /// The longest pause before a reconnect, in milliseconds. Short, for with one lost attempt to connect it tells how
        /// long a node stays away from a Redis that it could reach again; and a node has three links, not thousands.
        public var reconnectMaxMs = 500
        /// Bytes of commands that may wait for one link before new ones fail.
        public var pipelineBytes = 1_048_576

        public init() {}

        /// Whether nodes share a Redis at all.
        public var isConfigured: Bool { url != nil || urls != nil }

        /// The shards in the order of their listing: those of `urls`, or `url` as the one shard `main`. What is no
        /// `name=url` has an empty name, which `problems()` refuses.
        public var shards: [Shard] {
            if let urls { return Shard.list(urls) }
            return url.map { [Shard(name: Shard.onlyName, address: $0)] } ?? []
        }
    }

    /// One independent Redis: a primary, or a group behind Sentinels.
    public struct Shard: Sendable, Equatable {
        /// The name of the shard that `REDIS_URL` alone makes.
        public static let onlyName = "main"

        /// 1 to 32 of a-z 0-9 -; decides together with the other names which rooms the shard holds, so it stays what it
        /// is when the address changes.
        public var name: String
        /// As `Redis.url`; may hold a password.
        public var address: String

        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }

        /// Cuts `name=url;name=url`, without spaces around the entries and without empty ones.
        static func list(_ text: String) -> [Shard] {
            text.split(separator: ";").compactMap { entry in
                let entry = TextForm.trimmed(entry)
                guard !entry.isEmpty else { return nil }
                guard let equals = entry.firstIndex(of: "=") else { return Shard(name: "", address: entry) }
                return Shard(name: String(entry[..<equals]), address: String(entry[entry.index(after: equals)...]))
            }
        }
    }

    /// The clockwork of cluster.md §2.5. Invariant: three heartbeats fit into one lease.
    public struct Cluster: Sendable, Equatable {
        /// How long the cluster keeps a silent node, in milliseconds.
        public var leaseMs = 5_000
        /// The time between two heartbeats of a node, in milliseconds (jitter ±10 %).
        public var heartbeatMs = 500
        /// A pause of all heartbeats longer than this means that Redis was away: leases are moved, nobody is dead.
        public var amnestyGapMs = 2_500
        /// How long a node remembers rooms that its last member left, in milliseconds: after a failover it announces them
        /// empty, in case the promoted Redis lost the leave.
        public var recallMs = 60_000
        /// The lifetime of the Redis keys of a room that no node refreshes, in milliseconds.
        public var roomKeyTTLMs = 3_600_000
        /// The time between two refreshes of these keys by each interested node, in milliseconds.
        public var roomKeyRefreshMs = 1_200_000

        public init() {}

        /// How long after a reconnect a member that is missing from the snapshot stays listed, in milliseconds (§2.9).
        public var settleMs: Int { leaseMs }
        /// The silence of Redis after which a node calls itself degraded, in milliseconds: lease − 1 s, at least one heartbeat.
        public var selfFenceMs: Int { max(leaseMs - 1_000, heartbeatMs) }
    }

    /// How a node goes away (cluster.md §2.6).
    public struct Drain: Sendable, Equatable {
        /// The time from SIGTERM to the last closed socket, in seconds.
        public var seconds = 15
        /// The part of it, at the beginning, in which balancers may notice before a socket is closed, in seconds.
        public var balancerSeconds = 3
        /// From the `go-away` that a client of dialect 2 gets to the close of its own socket, in milliseconds; at most
        /// half of the time in which sockets close.
        public var noticeMs = 3_000
        /// The lifetime of the lease that a drained node leaves behind for its sessions to resume, in milliseconds.
        public var leaseMs = 15_000
        /// The time from SIGTERM to the exit at the latest, in seconds.
        public var hardExitSeconds = 25

        public init() {}
    }
}
