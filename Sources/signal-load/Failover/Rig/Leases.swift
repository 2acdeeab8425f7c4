/// The leases of the nodes as Redis has them; docs/cluster.md names its keys.
struct Leases {
    /// Of the Redis primary.
    let redis: RedisAddress

    private static let live = "bs:1:{nodes}:live"
    private static let info = "bs:1:{nodes}:info"

    /// The instance of each node that holds a lease, by the node's name.
    func instances() async throws -> [String: String] {
        let live = Set(try await ends().map(\.instance))
        let info = try await redis.pipeline([["HGETALL", Self.info]])[0].elements.compactMap(\.string)
        var instances: [String: String] = [:]
        for index in stride(from: 0, to: info.count - 1, by: 2) where live.contains(info[index]) {
            instances[String(info[index + 1].prefix { $0 != "|" })] = info[index]
        }
        return instances
    }

    /// The instance whose heartbeat took the lease of `lost` away: the last one that renewed its own.
    ///
    /// - Returns: nil when the lease is still there at the end of `limit`.
    func reaper(of lost: String, within limit: Duration) async throws -> String? {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            let ends = try await ends()
            if !ends.contains(where: { $0.instance == lost }) { return ends.last?.instance }
            try await Task.sleep(for: .milliseconds(4))
        }
        return nil
    }

    /// The soonest first.
    private func ends() async throws -> [(instance: String, at: Double)] {
        let words = ["ZRANGE", Self.live, "0", "-1", "WITHSCORES"]
        let reply = try await redis.pipeline([words])[0].elements.compactMap(\.string)
        return stride(from: 0, to: reply.count - 1, by: 2).map { (reply[$0], Double(reply[$0 + 1]) ?? 0) }
    }
}
