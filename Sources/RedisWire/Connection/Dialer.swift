import NIOCore
import NIOPosix
import NIOSSL

/// Makes the channel of a ``RedisConnection``: TCP, TLS if the URL asks for it, then the handler.
struct Dialer {
    let configuration: RedisLinkConfiguration
    let loop: any EventLoop
    /// Made at the first `rediss` dial when the configuration brings none: reading the system's trust roots is slow.
    private var systemTLS: RedisTLS?

    init(configuration: RedisLinkConfiguration, loop: any EventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    mutating func dial(_ url: RedisURL) -> EventLoopFuture<any Channel> {
        guard (1...65535).contains(url.port) else { return loop.makeFailedFuture(RedisURLError.invalidPort) }
        let tls: RedisTLS?
        do {
            tls = url.isTLS ? try trust() : nil
        } catch {
            return loop.makeFailedFuture(error)
        }
        return ClientBootstrap(group: loop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { [configuration] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(tls.handler(host: url.host)) }
                    try pipeline.addHandler(RedisConnection(configuration))
                }
            }
            .connect(host: url.host, port: url.port)
    }

    private mutating func trust() throws -> RedisTLS {
        if let tls = configuration.tls ?? systemTLS { return tls }
        let tls = try RedisTLS()
        systemTLS = tls
        return tls
    }

    /// The reason of a failed dial in the words of a link.
    static func reason(of error: any Error) -> RedisError {
        switch error {
        case ChannelError.connectTimeout: .timedOut
        case let error as NIOConnectionError:
            .connectFailed("\(error.connectionErrors.first?.error ?? error.dnsAError ?? error)")
        default: .connectFailed("\(error)")
        }
    }
}

extension RedisTLS {
    /// TLS cannot name an address; the certificate is then verified against the address of the socket.
    fileprivate func handler(host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: serverName ?? (isAddress ? nil : host))
    }
}
