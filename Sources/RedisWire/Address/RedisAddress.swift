public import Logging
public import NIOCore

/// How a Redis is named in a configuration: one server, or the Sentinels that know the primary.
///
/// A plain value; its description hides passwords.
public enum RedisAddress: Equatable, Sendable, CustomStringConvertible {
    case server(RedisURL)
    case sentinels(SentinelAddress)

    /// Parses `redis://…`, `rediss://…`, `sentinel://…` or `sentinels://…`.
    public init(_ text: String) throws(RedisURLError) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        if scheme == "sentinel" || scheme == "sentinels" {
            self = .sentinels(try SentinelAddress(text))
        } else {
            self = .server(try RedisURL(text))
        }
    }

    public var isTLS: Bool {
        switch self {
        case .server(let url): url.isTLS
        case .sentinels(let address): address.isTLS
        }
    }

    public var description: String {
        switch self {
        case .server(let url): url.description
        case .sentinels(let address): address.description
        }
    }

    /// What the links to this Redis ask for their server; links that share it share one discovery.
    ///
    /// - Parameters:
    ///   - configuration: That of the links; its Sentinel timeout, backoff and TLS hold for the questions too.
    ///   - loop: The event loop of the links.
    public func source(
        configuration: RedisLinkConfiguration, on loop: any EventLoop, logger: Logger
    ) -> any RedisSource {
        switch self {
        case .server(let url): FixedSource(url)
        case .sentinels(let address):
            SentinelSource(address, configuration: configuration, on: loop, logger: logger)
        }
    }
}
