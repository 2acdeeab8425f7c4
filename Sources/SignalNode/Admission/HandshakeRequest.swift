public import SignalDomain

/// What a peer asks for with its upgrade request, as the transport read it. Nothing in it is trusted but `client`.
public struct HandshakeRequest: Sendable {
    /// Of a PeerJS client its key, which chooses the namespace.
    public var namespace: String?
    public var room: String?
    public var peerID: String?
    /// The value of the `Authorization` header.
    public var authorization: String?
    /// `?token=`; of a PeerJS client what proves that an ID is its own.
    public var queryToken: String?
    /// `?ticket=`
    public var queryTicket: String?
    /// The token of the subprotocol pair `bs.bearer.<base64url>`, decoded.
    public var protocolToken: String?
    /// The contract that the client asks for.
    public var dialect: Dialect
    public var origin: String?
    /// `?region=`: where the client would like its TURN servers.
    public var region: String?
    /// The address behind the trusted proxies.
    public var client: ClientAddress

    public init(
        namespace: String? = nil, room: String? = nil, peerID: String? = nil, authorization: String? = nil,
        queryToken: String? = nil, queryTicket: String? = nil, protocolToken: String? = nil, dialect: Dialect = .one,
        origin: String? = nil, region: String? = nil, client: ClientAddress
    ) {
        self.namespace = namespace
        self.room = room
        self.peerID = peerID
        self.authorization = authorization
        self.queryToken = queryToken
        self.queryTicket = queryTicket
        self.protocolToken = protocolToken
        self.dialect = dialect
        self.origin = origin
        self.region = region
        self.client = client
    }
}
