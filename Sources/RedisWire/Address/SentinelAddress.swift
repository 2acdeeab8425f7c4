/// A primary that Sentinels know by name: `sentinel://user:password@s1:26379,s2,s3/name`, `sentinels` for TLS.
///
/// The login is that of the data servers; the Sentinels have one of their own, which never stands in an address. TLS is
/// for both. A plain value; its description hides the passwords.
public struct SentinelAddress: Equatable, Sendable {
    /// In the order in which they are asked at first; never empty.
    public var sentinels: [RedisEndpoint]
    /// What the Sentinels call the primary (`sentinel monitor <name>`).
    public var primaryName: String
    public var isTLS: Bool
    /// The ACL user of the data servers; nil is Redis' `default` user.
    public var username: String?
    public var password: RedisPassword?
    /// The login of the Sentinels themselves; without a password they are asked without a login.
    public var sentinelUsername: String?
    public var sentinelPassword: RedisPassword?

    public static let defaultPort = 26379

    /// Parses the text. User and password are percent-decoded; the login of the Sentinels is set afterwards.
    public init(_ text: String) throws(RedisURLError) {
        guard let separator = text.firstRange(of: "://") else { throw .unsupportedScheme }
        switch text[..<separator.lowerBound].lowercased() {
        case "sentinel": isTLS = false
        case "sentinels": isTLS = true
        default: throw .unsupportedScheme
        }
        let rest = text[separator.upperBound...]
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw .unsupportedParameters }

        let authority = rest.prefix { $0 != "/" }
        let name = rest[authority.endIndex...].dropFirst()
        guard !name.isEmpty, name.utf8.allSatisfy(RedisEndpoint.isNameByte) else { throw .invalidPrimaryName }
        primaryName = String(name)
        let (login, places) = RedisURL.loginAndPlace(in: authority)
        (username, password) = try RedisURL.login(in: login)
        sentinels = []
        for place in places.split(separator: ",", omittingEmptySubsequences: false) {
            sentinels.append(try RedisEndpoint(place, defaultPort: Self.defaultPort))
        }
    }

    /// A Sentinel and its login.
    func sentinel(_ endpoint: RedisEndpoint) -> RedisURL {
        RedisURL(
            host: endpoint.host, port: endpoint.port, isTLS: isTLS, username: sentinelUsername,
            password: sentinelPassword)
    }

    /// A data server and its login.
    func dataServer(_ endpoint: RedisEndpoint) -> RedisURL {
        RedisURL(host: endpoint.host, port: endpoint.port, isTLS: isTLS, username: username, password: password)
    }
}

extension SentinelAddress: CustomStringConvertible {
    public var description: String {
        let places = sentinels.map(\.description).joined(separator: ",")
        return
            "\(isTLS ? "sentinels" : "sentinel")://\(RedisURL.shownLogin(username, password))\(places)/\(primaryName)"
    }
}
