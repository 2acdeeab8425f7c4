import SignalNode
import Testing

@Suite("Validation of a configuration")
struct ProblemTests {
    @Test("the defaults have no problem")
    func defaults() {
        #expect(NodeConfiguration().problems() == [])
    }

    /// A change that must be refused, and a word of the sentence about it.
    struct Case: Sendable, CustomTestStringConvertible {
        let word: String
        let change: @Sendable (inout NodeConfiguration) -> Void
        var testDescription: String { word }
    }

    static let broken: [Case] = [
        Case(word: "NODE_NAME") { $0.nodeName = "a b" },
        Case(word: "HOST") { $0.listener.host = "" },
        Case(word: "PUBLIC_SIGNALING_URL") { $0.publicSignalingURL = "https://example.org/signal" },
        Case(word: "STUN_URIS") { $0.stunURIs = ["turn:example.org"] },
        Case(word: "SIGNAL_TOKEN_SHA256: entry 2 must be 64 hex digits") {
            $0.access.signalTokenSHA256 = [String(repeating: "a", count: 64), "abc"]
        },
        Case(word: "SIGNAL_TOKEN_SHA256: entry 1") {
            $0.access.signalTokenSHA256 = [String(repeating: "g", count: 64)]
        },
        Case(word: "ADMIN_TOKEN_SHA256: entry 1") { $0.tokens.adminTokenSHA256 = ["abc"] },
        Case(word: "ADMIN_TOKEN_SHA256 and SIGNAL_TOKEN_SHA256 share a token") {
            $0.tokens.adminTokenSHA256 = [String(repeating: "A", count: 64)]
            $0.access.signalTokenSHA256 = [String(repeating: "a", count: 64)]
        },
        Case(word: "INVITE_NAMESPACES: \"a*b\"") { $0.policy.inviteNamespaces = ["a*b"] },
        Case(word: "PUBLIC_WRITE") { $0.policy.publicWrite = "never" },
        Case(word: "ALLOWED_ORIGINS") { $0.access.allowedOrigins = ["https://example.org/"] },
        Case(word: "COMPATIBILITY_ENDPOINTS: \"socketio\"") { $0.compatibility.endpoints = ["topics", "socketio"] },
        Case(word: "COMPATIBILITY_ENDPOINTS: \"none\"") { $0.compatibility.endpoints = ["none", "topics"] },
        Case(word: "TRUSTED_PROXY_CIDRS") { $0.access.trustedProxyCIDRs = ["10.0.0.0/33"] },
        Case(word: "RATE_LIMIT_EXEMPT_CIDRS") { $0.rates.exemptCIDRs = ["localhost"] },
        Case(word: "REDIS_URL must look like") {
            $0.redis.url = "http://h"
            $0.access.clusterSecret = "0123456789abcdef0123456789abcdef"
        },
        Case(word: "REDIS_URL and REDIS_URLS are both set") { $0.shards("a=redis://h", url: "redis://h") },
        Case(word: "REDIS_URLS names no shard") { $0.shards(" ; ") },
        Case(word: "REDIS_URLS: entry 2 must be name=url") { $0.shards("a=redis://h;redis://h") },
        Case(word: "REDIS_URLS: entry 1 must be name=url") { $0.shards("A=redis://h") },
        Case(word: "REDIS_URLS: entry 1 must be name=url") {
            $0.shards(String(repeating: "a", count: 33) + "=redis://h")
        },
        Case(word: "REDIS_URLS: entry 3 has the name a") { $0.shards("a=redis://h;b=redis://i;a=redis://j") },
        Case(word: "REDIS_URLS: entry 1 (a) must look like") { $0.shards("a=h:6379") },
        Case(word: "CLUSTER_SECRET is missing") { $0.redis.url = "redis://h" },
        Case(word: "CLUSTER_SECRET is shorter") { $0.access.clusterSecret = "short" },
        Case(word: "CLUSTER_SECRET is shorter") { $0.access.clusterSecret = String(repeating: "x", count: 31) },
        Case(word: "REDIS_RECONNECT_MIN_MS") { $0.redis.reconnectMinMs = 3_000 },
        Case(word: "HEARTBEAT_MS (1700)") {
            $0.cluster.heartbeatMs = 1_700
            $0.cluster.amnestyGapMs = 3_400
        },
        Case(word: "AMNESTY_GAP_MS") { $0.cluster.amnestyGapMs = 5_000 },
        Case(word: "REDIS_COMMAND_TIMEOUT_MS") { $0.redis.commandTimeoutMs = 5_000 },
        Case(word: "ROOM_KEY_REFRESH_MS") { $0.cluster.roomKeyRefreshMs = 3_000_000 },
        Case(word: "DRAIN_BALANCER_SECONDS") { $0.drain.balancerSeconds = 16 },
        Case(word: "HARD_EXIT_SECONDS") { $0.drain.hardExitSeconds = 15 },
        Case(word: "OUTBOUND_QUEUE_BYTES must hold") {
            $0.outbound.queueBytes = 1_000
            $0.messages.maxBytes = 2_000
        },
        Case(word: "NODE_OUTBOUND_BYTES") { $0.outbound.nodeBytes = 1_000 },
        Case(word: "RENDEZVOUS_DEFAULT_TTL_MS") { $0.rendezvous.minTTLMs = 300_000_000 },
        Case(word: "RENDEZVOUS_DISCOVER_LIMIT") { $0.rendezvous.defaultDiscoverLimit = 2_000 },
        Case(word: "SPILL_MS must not exceed") { $0.delivery.spillMs = 1_001 },
        Case(word: "SPILL_MAX_MS must be shorter") { $0.delivery.spillMaxMs = 5_000 },
        Case(word: "OUTCOME_MS must not exceed") { $0.delivery.outcomeMs = 20_001 },
        Case(word: "INBOX_TTL_MS (50000)") { $0.delivery.inboxTTLMs = 50_000 },
        Case(word: "HELD_BYTES_PER_SESSION must not exceed") { $0.delivery.heldBytesPerNode = 1_048_575 },
        Case(word: "RELIABLE_MESSAGE_BYTES must fit") { $0.delivery.reliableMessageBytes = 1_048_577 },
        Case(word: "RELIABLE_MESSAGE_BYTES must fit") { $0.delivery.inboxBytes = 65_535 },
        Case(word: "LARGE_ROOM_METADATA_BYTES") { $0.delivery.largeRoomMetadataBytes = 2_049 },
    ]

    @Test("each mistake is one sentence that names its setting", arguments: broken)
    func mistakes(broken: Case) {
        var configuration = NodeConfiguration()
        broken.change(&configuration)
        let problems = configuration.problems()
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains(broken.word) == true, "\(problems)")
        #expect(problems.first?.hasSuffix(".") == true)
    }

    @Test("one address is the shard main, a list is its entries in order")
    func shards() {
        var configuration = NodeConfiguration()
        #expect(configuration.redis.shards == [])
        configuration.redis.url = "redis://h"
        #expect(configuration.redis.shards == [.init(name: "main", address: "redis://h")])
        configuration = NodeConfiguration()
        configuration.shards("b=redis://:x=y@h ; a-1=sentinels://s1:1,s2/main;")
        #expect(
            configuration.redis.shards == [
                .init(name: "b", address: "redis://:x=y@h"), .init(name: "a-1", address: "sentinels://s1:1,s2/main"),
            ])
        #expect(configuration.redis.isConfigured)
        #expect(configuration.problems() == [])
    }

    @Test("no sentence about a shard quotes what may be a password")
    func quotesNoPassword() {
        var configuration = NodeConfiguration()
        configuration.shards("redis://:canary=x@h;a=http://:canary@h")
        let problems = configuration.problems()
        #expect(problems.count == 2)
        #expect(!problems.joined().contains("canary"))
    }

    @Test("three heartbeats that fill the lease exactly are allowed")
    func invariantBoundary() {
        var configuration = NodeConfiguration()
        configuration.cluster.leaseMs = 3_000
        configuration.cluster.heartbeatMs = 1_000
        configuration.cluster.amnestyGapMs = 2_000
        #expect(configuration.problems() == [])
    }

    @Test("real values are accepted")
    func goodValues() {
        var configuration = NodeConfiguration()
        configuration.publicSignalingURL = "wss://signal.example.org/signal"
        configuration.access.allowedOrigins = ["https://app.example.org", "http://localhost:8080", "null"]
        configuration.access.trustedProxyCIDRs = ["10.0.0.0/8", "192.0.2.1", "::1", "fd00::/8", "0.0.0.0/0"]
        configuration.access.clusterSecret = "0123456789abcdef0123456789abcdef"
        configuration.redis.url = "rediss://u:p@h:6380/1"
        configuration.outbound.queueBytes = 0
        #expect(configuration.problems() == [])
    }
}

extension NodeConfiguration {
    fileprivate mutating func shards(_ list: String, url: String? = nil) {
        redis.urls = list
        redis.url = url
        access.clusterSecret = "0123456789abcdef0123456789abcdef"
    }
}
