import NIOCore
import SignalDomain

/// Where a request really comes from: the socket's peer, or what a trusted proxy says about it.
struct RequestOrigin: Sendable {
    private let trusted: CIDRList

    /// - Parameter trustedBlocks: `10.0.0.0/8`, `fd00::/8`; unreadable ones trust nobody.
    init(trustedBlocks: [String]) { trusted = CIDRList(trustedBlocks.compactMap { CIDR($0) }) }

    /// The client's address.
    ///
    /// - Parameter forwardedFor: the values of all `X-Forwarded-For` lines, in order.
    func client(of peer: SocketAddress?, forwardedFor: [String]) -> ClientAddress {
        let address = Self.address(of: peer)
        guard !forwardedFor.isEmpty else { return address }
        return ForwardedChain.client(socket: address, forwardedFor: forwardedFor, trusted: trusted.ranges)
    }

    /// Whether the socket's peer is a proxy whose other `X-Forwarded-` headers may be believed.
    func isTrusted(_ peer: SocketAddress?) -> Bool {
        trusted.contains(Self.address(of: peer))
    }

    private static func address(of peer: SocketAddress?) -> ClientAddress {
        peer?.ipAddress.flatMap { ClientAddress($0) } ?? ClientAddress(ipv4: 0)
    }
}
