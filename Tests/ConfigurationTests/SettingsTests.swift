import SignalNode
import Testing

@testable import signal_node

@Suite("The table of settings")
struct SettingsTests {
    @Test("every name is unique, and no name is also the name of another one's file")
    func uniqueNames() {
        let keys = Settings.all.flatMap { $0.hasFileForm ? [$0.key, $0.fileNames.key] : [$0.key] }
        #expect(Set(keys).count == keys.count)
        #expect(Set(Settings.all.map(\.names.environment)).count == Settings.all.count)
    }

    @Test(
        "environment variables have the published names",
        arguments: [
            "HOST", "PORT", "NODE_NAME", "REDIS_URL", "REDIS_URLS", "REDIS_SENTINEL_USER", "REDIS_SENTINEL_PASSWORD",
            "REDIS_SENTINEL_TIMEOUT_MS", "REDIS_REQUIRED", "CLUSTER_SECRET",
            "SIGNAL_TOKEN_SHA256", "RATE_LIMIT_CONNECTIONS_PER_IP", "RATE_LIMIT_MESSAGES_PER_MINUTE",
            "RATE_LIMIT_DRY_RUN", "RATE_LIMIT_EXEMPT_CIDRS", "TRUSTED_PROXY_CIDRS", "ALLOWED_ORIGINS",
            "MAX_MESSAGE_BYTES", "PUBLIC_SIGNALING_URL", "STUN_URIS", "LEASE_MS", "HEARTBEAT_MS",
            "DUPLICATE_PAYLOAD_LIMIT", "DRAIN_SECONDS", "LEGACY_REPLACE", "LOG_LEVEL",
            "LEAVE_WINDOW_MS", "SPILL_MS", "SPILL_MAX_MS", "UNCONFIRMED_MS", "HELLO_TIMEOUT_MS", "OUTCOME_MS",
            "HELD_BYTES_PER_SESSION", "HELD_BYTES_PER_NODE", "INBOX_ENTRIES", "INBOX_BYTES", "INBOX_TTL_MS",
            "CLIENT_HEARTBEAT_MS", "RELIABLE_MESSAGE_BYTES", "PEER_METADATA_BYTES", "LARGE_ROOM_METADATA_BYTES",
            "LARGE_ROOM_MEMBERS", "CONTROL_MESSAGES_PER_SECOND",
        ])
    func publishedNames(name: String) {
        #expect(Settings.all.contains { $0.names.environment == name })
    }

    @Test("the three spellings of a name follow from its key")
    func spellings() {
        let names = Setting.Names(key: "rateLimitConnectionsPerIp")
        #expect(names.environment == "RATE_LIMIT_CONNECTIONS_PER_IP")
        #expect(names.flag == "--rate-limit-connections-per-ip")
        #expect(Setting.Names(key: "signalTokenSha256File").environment == "SIGNAL_TOKEN_SHA256_FILE")
    }

    @Test("every default of an integer lies inside its range", arguments: Settings.all.map(\.key))
    func defaultsInRange(key: String) throws {
        let setting = try #require(Settings.all.first { $0.key == key })
        if case .integer(let path, let range, _) = setting.value {
            #expect(range.contains(NodeConfiguration()[keyPath: path]))
        }
    }

    @Test("each setting changes exactly its own field", arguments: Settings.all.map(\.key))
    func storesItsOwnField(key: String) throws {
        let setting = try #require(Settings.all.first { $0.key == key })
        var changed = NodeConfiguration()
        try setting.store(.text(sample(for: setting)), in: &changed)
        #expect(changed != NodeConfiguration())
        let others = Settings.all.filter { $0.key != key }
        #expect(others.allSatisfy { $0.shownText(in: changed) == $0.shownText(in: NodeConfiguration()) })
    }

    private func sample(for setting: Setting) -> String {
        switch setting.value {
        case .integer(let path, let range, _):
            String(NodeConfiguration()[keyPath: path] == range.upperBound ? range.lowerBound : range.upperBound)
        case .bool(let path): String(!NodeConfiguration()[keyPath: path])
        case .text, .optionalText, .list: "other"
        case .level: "trace"
        }
    }

    @Test("a secret and a password in an address are never shown")
    func hidesSecrets() throws {
        var configuration = NodeConfiguration()
        configuration.access.clusterSecret = "canary-secret-0001"
        configuration.access.signalTokenSHA256 = ["canary"]
        configuration.redis.url = "redis://user:canary@example.org:6379/0"
        configuration.redis.urls = "a=redis://user:canary@h;b=sentinel://:canary@s1,s2/main"
        configuration.redis.sentinelPassword = "canary"
        for setting in Settings.all {
            #expect(setting.shownText(in: configuration)?.contains("canary") != true, "\(setting.key)")
        }
        let url = try #require(Settings.all.first { $0.key == "redisUrl" })
        #expect(url.shownText(in: configuration) == "redis://***@example.org:6379/0")
        let urls = try #require(Settings.all.first { $0.key == "redisUrls" })
        #expect(urls.shownText(in: configuration) == "a=redis://***@h;b=sentinel://***@s1,s2/main")
    }

    #if DEBUG
        @Test("the node does not start without a rule that there is not", arguments: ["V0", "V1,V18", "v1"])
        func unknownGuard(names: String) throws {
            #expect(throws: BrokenConfiguration.self) {
                try Assembly.guardsLeftOut(by: ["SIGNAL_NODE_WITHOUT_GUARDS": names])
            }
            #expect(try Assembly.guardsLeftOut(by: [:]).isEmpty)
            #expect(try !Assembly.guardsLeftOut(by: ["SIGNAL_NODE_WITHOUT_GUARDS": "V1,V3"]).isEmpty)
        }
    #endif
}
