extension NodeConfiguration {
    /// What is wrong with the configuration as a whole: one sentence per problem, in the names of the environment.
    ///
    /// Empty means that the node may start. The range of each single number is checked where it is read; here are the
    /// texts and the relations between values. No sentence quotes a secret.
    public func problems() -> [String] {
        identityProblems() + accessProblems() + tokenProblems() + redisProblems() + clusterProblems() + limitProblems()
            + deliveryProblems() + turnProblems() + telemetryProblems() + abuseProblems() + compatibilityProblems()
    }

    private func identityProblems() -> [String] {
        var found: [String] = []
        if !TextForm.isNodeName(nodeName) {
            found.append("NODE_NAME must be 1 to 128 of A-Z a-z 0-9 . _ -, but is \"\(nodeName)\".")
        }
        if listener.host.isEmpty {
            found.append("HOST is empty: use 0.0.0.0 for every interface or 127.0.0.1 for this machine only.")
        }
        if let url = publicSignalingURL, !TextForm.isURL(url, schemes: ["ws", "wss"]) {
            found.append("PUBLIC_SIGNALING_URL must be a ws:// or wss:// address, but is \"\(url)\".")
        }
        for uri in stunURIs where !(uri.hasPrefix("stun:") || uri.hasPrefix("stuns:")) || uri.contains("//") {
            found.append("STUN_URIS: \"\(uri)\" is not a STUN address like stun:stun.example.org:3478.")
        }
        return found
    }

    private func accessProblems() -> [String] {
        var found: [String] = []
        for (index, digest) in access.signalTokenSHA256.enumerated() where !TextForm.isSHA256Hex(digest) {
            found.append(
                "SIGNAL_TOKEN_SHA256: entry \(index + 1) must be 64 hex digits (printf %s \"$TOKEN\" | sha256sum), "
                    + "but has \(digest.utf8.count) characters.")
        }
        for origin in access.allowedOrigins where !TextForm.isOrigin(origin) {
            found.append("ALLOWED_ORIGINS: \"\(origin)\" is neither an origin like https://app.example.org nor null.")
        }
        for (name, blocks) in [
            ("TRUSTED_PROXY_CIDRS", access.trustedProxyCIDRs), ("RATE_LIMIT_EXEMPT_CIDRS", rates.exemptCIDRs),
        ] {
            for block in blocks where !TextForm.isCIDR(block) {
                found.append("\(name): \"\(block)\" is neither an address nor a block like 10.0.0.0/8 or fd00::/8.")
            }
        }
        return found
    }

    private func redisProblems() -> [String] {
        var found = shardProblems()
        let secret = access.clusterSecret
        if redis.isConfigured, secret == nil {
            found.append(
                "CLUSTER_SECRET is missing: with Redis every node needs the same one (openssl rand -hex 32, "
                    + "then CLUSTER_SECRET_FILE=path).")
        }
        if let secret, secret.utf8.count < 32 {
            // A token that it signed lets anybody try secrets at leisure.
            found.append("CLUSTER_SECRET is shorter than 32 bytes: use the output of openssl rand -hex 32.")
        }
        if redis.reconnectMinMs > redis.reconnectMaxMs {
            found.append("REDIS_RECONNECT_MIN_MS must not exceed REDIS_RECONNECT_MAX_MS.")
        }
        return found
    }

    private func shardProblems() -> [String] {
        let form = "must look like redis://host:6379, rediss://host:6379 or sentinel://host:26379,host:26379/primary"
        if redis.url != nil, redis.urls != nil { return ["REDIS_URL and REDIS_URLS are both set: keep one."] }
        if let url = redis.url { return TextForm.isRedisURL(url) ? [] : ["REDIS_URL \(form)."] }
        guard redis.urls != nil else { return [] }
        var found: [String] = []
        if redis.shards.isEmpty { found.append("REDIS_URLS names no shard: write name=url;name=url.") }
        var names: Set<String> = []
        for (index, shard) in redis.shards.enumerated() {
            let entry = "REDIS_URLS: entry \(index + 1)"
            // No sentence quotes the entry: what looks like a name may be a part of a password.
            if !TextForm.isShardName(shard.name) {
                found.append("\(entry) must be name=url with a name of 1 to 32 of a-z 0-9 -.")
            } else if !names.insert(shard.name).inserted {
                found.append("\(entry) has the name \(shard.name) of an earlier one.")
            } else if !TextForm.isRedisURL(shard.address) {
                found.append("\(entry) (\(shard.name)) \(form).")
            }
        }
        return found
    }

    private func clusterProblems() -> [String] {
        var found: [String] = []
        if cluster.heartbeatMs * 3 > cluster.leaseMs {
            found.append(
                "HEARTBEAT_MS (\(cluster.heartbeatMs)) must be at most a third of LEASE_MS (\(cluster.leaseMs)): "
                    + "one lost heartbeat must not look like a dead node.")
        }
        if cluster.amnestyGapMs >= cluster.leaseMs || cluster.amnestyGapMs < cluster.heartbeatMs * 2 {
            found.append(
                "AMNESTY_GAP_MS (\(cluster.amnestyGapMs)) must be at least two HEARTBEAT_MS and shorter than LEASE_MS: "
                    + "otherwise a pause of Redis kills live nodes, or forgives dead ones.")
        }
        if redis.commandTimeoutMs >= cluster.leaseMs {
            found.append("REDIS_COMMAND_TIMEOUT_MS must be shorter than LEASE_MS (\(cluster.leaseMs)).")
        }
        if cluster.roomKeyRefreshMs * 2 > cluster.roomKeyTTLMs {
            found.append("ROOM_KEY_REFRESH_MS must be at most half of ROOM_KEY_TTL_MS.")
        }
        if drain.balancerSeconds > drain.seconds {
            found.append("DRAIN_BALANCER_SECONDS must not exceed DRAIN_SECONDS (\(drain.seconds)).")
        }
        if drain.hardExitSeconds <= drain.seconds {
            found.append("HARD_EXIT_SECONDS must be more than DRAIN_SECONDS (\(drain.seconds)).")
        }
        return found
    }

    private func limitProblems() -> [String] {
        var found: [String] = []
        if outbound.queueBytes != 0, outbound.queueBytes < messages.maxBytes {
            found.append("OUTBOUND_QUEUE_BYTES must hold one message of MAX_MESSAGE_BYTES (\(messages.maxBytes)).")
        }
        if outbound.nodeBytes != 0, outbound.nodeBytes < outbound.queueBytes {
            found.append("NODE_OUTBOUND_BYTES must be at least OUTBOUND_QUEUE_BYTES (\(outbound.queueBytes)).")
        }
        if !(rendezvous.minTTLMs...max(rendezvous.minTTLMs, rendezvous.maxTTLMs)).contains(rendezvous.defaultTTLMs) {
            found.append("RENDEZVOUS_DEFAULT_TTL_MS must lie between RENDEZVOUS_MIN_TTL_MS and RENDEZVOUS_MAX_TTL_MS.")
        }
        if rendezvous.watchHeartbeatMs >= handshake.keepAliveMs {
            found.append("RENDEZVOUS_WATCH_HEARTBEAT_MS must be shorter than KEEP_ALIVE_MS (\(handshake.keepAliveMs)).")
        }
        if rendezvous.defaultDiscoverLimit > rendezvous.maxDiscoverLimit {
            found.append("RENDEZVOUS_DISCOVER_LIMIT must not exceed RENDEZVOUS_MAX_DISCOVER_LIMIT.")
        }
        return found
    }

    private func deliveryProblems() -> [String] {
        var found: [String] = []
        if delivery.spillMs > delivery.spillMaxMs {
            found.append("SPILL_MS must not exceed SPILL_MAX_MS (\(delivery.spillMaxMs)).")
        }
        if delivery.spillMaxMs >= delivery.outcomeMs {
            found.append(
                "SPILL_MAX_MS must be shorter than OUTCOME_MS (\(delivery.outcomeMs)): "
                    + "a signal is stored before its sender gives it up.")
        }
        if delivery.outcomeMs > delivery.unconfirmedMs {
            found.append("OUTCOME_MS must not exceed UNCONFIRMED_MS (\(delivery.unconfirmedMs)).")
        }
        if delivery.inboxTTLMs <= delivery.leaveWindowMs + delivery.unconfirmedMs {
            found.append(
                "INBOX_TTL_MS (\(delivery.inboxTTLMs)) must be more than LEAVE_WINDOW_MS and UNCONFIRMED_MS together: "
                    + "an inbox outlives every session that may still resume.")
        }
        if delivery.heldBytesPerSession > delivery.heldBytesPerNode {
            found.append("HELD_BYTES_PER_SESSION must not exceed HELD_BYTES_PER_NODE (\(delivery.heldBytesPerNode)).")
        }
        let smallest = min(delivery.heldBytesPerSession, delivery.inboxBytes)
        if delivery.reliableMessageBytes > smallest {
            found.append(
                "RELIABLE_MESSAGE_BYTES must fit into HELD_BYTES_PER_SESSION and INBOX_BYTES (\(smallest)).")
        }
        if delivery.largeRoomMetadataBytes > delivery.peerMetadataBytes {
            found.append(
                "LARGE_ROOM_METADATA_BYTES must not exceed PEER_METADATA_BYTES (\(delivery.peerMetadataBytes)).")
        }
        return found
    }
}
