/// Where a Redis server is and who asks: `redis://user:password@host:port/database`, `rediss` for TLS.
///
/// A plain value; its description hides the password.
public struct RedisURL: Equatable, Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    public var port: Int
    public var isTLS: Bool
    /// The ACL user; nil is Redis' `default` user.
    public var username: String?
    public var password: RedisPassword?
    public var database: Int

    public static let defaultPort = 6379

    public init(
        host: String, port: Int = RedisURL.defaultPort, isTLS: Bool = false, username: String? = nil,
        password: RedisPassword? = nil, database: Int = 0
    ) {
        self.host = host
        self.port = port
        self.isTLS = isTLS
        self.username = username
        self.password = password
        self.database = database
    }
}

extension RedisURL: CustomStringConvertible {
    public var description: String {
        let scheme = isTLS ? "rediss" : "redis"
        let user = username ?? ""
        let login = password == nil && username == nil ? "" : "\(user):***@"
        let shownHost = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(login)\(shownHost):\(port)/\(database)"
    }
}
