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

    /// Host and port alone: what may stand in a log.
    public var endpoint: RedisEndpoint { RedisEndpoint(host: host, port: port) }
}

extension RedisURL: CustomStringConvertible {
    public var description: String {
        let scheme = isTLS ? "rediss" : "redis"
        return "\(scheme)://\(Self.shownLogin(username, password))\(endpoint)/\(database)"
    }

    /// `user:***@`, or nothing where there is no login.
    static func shownLogin(_ username: String?, _ password: RedisPassword?) -> String {
        password == nil && username == nil ? "" : "\(username ?? ""):***@"
    }
}
