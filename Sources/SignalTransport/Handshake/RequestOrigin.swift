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
    func client(of peer: ClientAddress, lines: @autoclosure () -> [String]) -> ClientAddress {
        guard isTrusted(peer) else { return peer }
        let lines = lines()
        guard !lines.isEmpty else { return peer }
        return ForwardedChain.client(socket: peer, forwardedFor: header.hops(lines), trusted: trusted.ranges)
    }

    /// Whether this is a proxy whose other `X-Forwarded-` headers, or whose PROXY header, may be believed.
    func isTrusted(_ peer: ClientAddress) -> Bool { trusted.contains(peer) }
}

extension ClientAddress {
    /// The address of a socket's peer; 0.0.0.0 for a peer without one.
    init(_ peer: SocketAddress?) {
        self =
            peer?.withSockAddr { start, count in
                ClientAddress(UnsafeRawBufferPointer(start: start, count: count), of: peer?.protocol ?? .unix)
            } ?? .unknown
    }

    /// Reads `sockaddr_in` and `sockaddr_in6`, which have the address at the same place on every system, in network
    /// order.
    private init?(_ socket: UnsafeRawBufferPointer, of family: NIOBSDSocket.ProtocolFamily) {
        switch family {
        case .inet where socket.count >= 8:
            self.init(ipv4: UInt32(bigEndian: socket.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case .inet6 where socket.count >= 24:
            let high = UInt64(bigEndian: socket.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let low = UInt64(bigEndian: socket.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            self.init(ipv6: UInt128(high) << 64 | UInt128(low))
        default: return nil
        }
    }

    /// Who has no address.
    private static let unknown = ClientAddress(ipv4: 0)
}
