/// The two things that Sentinels say: where the primary is, and that it has moved.
///
/// Pure functions of what arrived; nothing that a server sends can trap.
enum SentinelAnswer {
    /// Announces every failover that the Sentinel learns of.
    static let channel = "+switch-master"

    static func question(_ primaryName: String) -> RedisCommand {
        RedisCommand("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", .string(primaryName)])
    }

    /// The reply to ``question(_:)``: host and port, or null for a name that the Sentinel does not know.
    static func primary(in reply: RESPValue) -> Result<RedisEndpoint, RedisError> {
        if reply == .null { return .failure(.connectFailed("the Sentinel knows no such primary")) }
        guard let words = reply.array?.map(\.string), words.count == 2, let endpoint = endpoint(words[0], words[1])
        else { return .failure(.unexpectedReply("not the address of a primary")) }
        return .success(endpoint)
    }

    /// The new place in a message of ``channel``: `name old-host old-port new-host new-port`; nil if it is not of
    /// `primaryName`.
    static func newPrimary(in message: some Collection<UInt8>, of primaryName: String) -> RedisEndpoint? {
        let words = String(decoding: message, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 5, words[0] == primaryName else { return nil }
        return endpoint(words[3], words[4])
    }

    private static func endpoint(_ host: String?, _ port: String?) -> RedisEndpoint? {
        guard let host, !host.isEmpty, let port = port.flatMap({ RedisEndpoint.decimal($0[...]) }),
            (1...65535).contains(port)
        else { return nil }
        return RedisEndpoint(host: host, port: port)
    }
}
