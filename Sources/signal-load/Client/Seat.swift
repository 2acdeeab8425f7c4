import NIOCore

/// Where one client sits: the server it dials and the room it joins there.
struct Seat: Sendable {
    let endpoint: Endpoint
    let room: String
    let peerId: String
    /// The client's own address; nil lets the kernel choose.
    var source: SocketAddress?
    /// Key of every frame of this client (RFC 6455 §5.3). Constant, so that frames can be prepared masked.
    let mask: UInt32
    /// What the server there speaks.
    var dialect: any Dialect = SignalDialect()

    /// The namespace of all rooms of the tool.
    static let namespace = "bench"

    /// One loopback address carries at most about 28,000 client ports (`ip_local_port_range`).
    static let connectionsPerSource = 25_000

    /// `count` seats in rooms of `roomSize`; neighbours of a room dial different endpoints when there are several.
    ///
    /// - Parameter run: makes room names unique, so that a run never meets what an earlier one left behind.
    static func rooms(
        of roomSize: Int, count: Int, endpoints: [Endpoint], dialect: any Dialect = SignalDialect(), run: String,
        using random: inout some RandomNumberGenerator
    ) throws -> [Seat] {
        try (0..<count).map { index in
            let endpoint = endpoints[index % roomSize % endpoints.count]
            return Seat(
                endpoint: endpoint, room: "\(run)-\(index / roomSize)", peerId: "\(run)-p\(index)",
                source: try source(of: index, toward: endpoint.address),
                mask: .random(in: 1...UInt32.max, using: &random), dialect: dialect)
        }
    }

    private static func source(of index: Int, toward address: SocketAddress) throws -> SocketAddress? {
        guard index >= connectionsPerSource, case .v4 = address else { return nil }
        return try SocketAddress(ipAddress: "127.0.0.\(1 + index / connectionsPerSource % 250)", port: 0)
    }
}
