import NIOCore
import SignalDomain
import SignalNode

/// Where a request really comes from: the socket's peer, or what trusted proxies say about it.
struct RequestOrigin: Sendable {
    private let trusted: CIDRList
    private let header: ForwardedHeader

    init(_ configuration: NodeConfiguration) {
        self.init(trustedBlocks: configuration.access.trustedProxyCIDRs, header: configuration.abuse.forwarded)
    }

    /// - Parameters:
    ///   - trustedBlocks: `10.0.0.0/8`, `fd00::/8`; unreadable ones trust nobody.
    ///   - header: the one that the proxies write; the other one is what the client makes of it, and is not looked at.
    init(trustedBlocks: [String], header: ForwardedHeader = .xForwardedFor) {
        trusted = CIDRList(trustedBlocks.compactMap { CIDR($0) })
        self.header = header
    }

    /// The name of the header whose lines `client` takes.
    var headerName: String { header.rawValue }

    /// The client's address.
    ///
    /// - Parameters:
    ///   - peer: who is at the other end, be it the socket's peer or whom its PROXY header names.
    ///   - lines: the values of all lines of the header, in order.
    func client(of peer: ClientAddress, lines: [String]) -> ClientAddress {
        guard !lines.isEmpty, isTrusted(peer) else { return peer }
        return ForwardedChain.client(socket: peer, forwardedFor: header.hops(lines), trusted: trusted.ranges)
    }

    /// Whether this is a proxy whose other `X-Forwarded-` headers, or whose PROXY header, may be believed.
    func isTrusted(_ peer: ClientAddress) -> Bool { trusted.contains(peer) }
}

extension ClientAddress {
    /// The address of a socket's peer; 0.0.0.0 for a peer without one.
    init(_ peer: SocketAddress?) {
        self = peer?.ipAddress.flatMap { ClientAddress($0) } ?? ClientAddress(ipv4: 0)
    }
}
