import NIOCore
package import NIOHTTP1
package import SignalDomain
package import SignalNode

/// A request head that asks for a WebSocket on one of our endpoints: what RFC 6455 §4.2.1 demands of it, and what it says.
package struct UpgradeRequest {
    static let path = "/signal"
    static let version = "13"
    /// The subprotocol that carries a token, before its base64url text.
    static let bearerPrefix = "bs.bearer."

    let head: HTTPRequestHead
    let endpoint: Endpoint
    private let fields: UpgradeFields
    private let query: QueryString

    /// Nil when the request is for somebody else, or asks for no WebSocket: then it is ordinary HTTP.
    package init?(
        _ head: HTTPRequestHead, target: RequestTarget,
        served: Set<CompatibilityEndpoint> = Set(CompatibilityEndpoint.allCases)
    ) {
        guard let endpoint = Endpoint(path: target.path, served: served), head.method == .GET else { return nil }
        let fields = UpgradeFields(head.headers)
        guard fields.asksForWebSocket else { return nil }
        self.head = head
        self.fields = fields
        self.endpoint = endpoint
        query = QueryString(target.query)
    }

    /// Whether a refusal should come as a close code, because pages cannot see a status.
    var wantsCloseCode: Bool { query["closeCode"] == "1" }

    /// What a refused client is told over an opened socket.
    struct Farewell {
        /// A message before the close.
        let text: [UInt8]?
        let reason: CloseReason
    }

    /// Nil = the refusal is an HTTP answer.
    func farewell(for refusal: Refusal) -> Farewell? {
        switch endpoint {
        case .signal, .topics:
            guard wantsCloseCode, let reason = refusal.closing else { return nil }
            return Farewell(text: nil, reason: reason)
        case .peerJS:
            guard let text = PeerJSAnswers.refusal(refusal) else { return nil }
            return Farewell(text: text, reason: refusal.closing ?? .normal)
        }
    }

    /// Says what is wrong with the handshake itself; nil = nothing.
    package var fault: Refusal? {
        guard head.version == .http1_1, fields.asksForUpgrade, fields.versions.elementsEqual([Self.version[...]])
        else { return .upgradeRequired }
        guard HostField(fields.hosts) != nil else { return .badRequest("The Host header is missing or malformed.") }
        guard key != nil else { return .badRequest("Sec-WebSocket-Key must be 16 bytes in base64.") }
        guard !fields.hasBody else { return .badRequest("A handshake has no body.") }
        return nil
    }

    /// The client's `Sec-WebSocket-Key`, if there is exactly one and it is well-formed.
    var key: Substring? {
        guard fields.keys.count == 1, let key = fields.keys.first, Self.isKey(key) else { return nil }
        return key
    }

    /// What the node decides on.
    package func handshake(client: ClientAddress) -> HandshakeRequest {
        HandshakeRequest(
            namespace: query[endpoint == .peerJS ? "key" : "namespace"], room: query["room"],
            // An empty name means the same as none, as everywhere in the query.
            peerID: query[endpoint == .peerJS ? "id" : "peerId"].flatMap { $0.isEmpty ? nil : $0 },
            authorization: fields.authorization,
            queryToken: query["token"].flatMap { $0.isEmpty ? nil : $0 },
            queryTicket: query["ticket"].flatMap { $0.isEmpty ? nil : $0 }, protocolToken: protocolToken,
            dialect: dialect, origin: fields.origin, region: query["region"], client: client)
    }

    /// The contract that the client asks for.
    var dialect: Dialect {
        switch endpoint {
        case .signal: Dialect(offered: fields.offers)
        case .topics: .topics
        case .peerJS: .peerJS
        }
    }

    private var protocolToken: String? {
        guard let offer = fields.offers.first(where: { $0.hasPrefix(Self.bearerPrefix) }),
            let bytes = Base64URL.decode(offer.dropFirst(Self.bearerPrefix.count))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// 24 characters of base64 that hold 16 bytes: the last but two carry 4 bits of the 16th, then `==`.
    private static func isKey(_ text: Substring) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 24, bytes.suffix(2).elementsEqual([UInt8(ascii: "="), UInt8(ascii: "=")]) else {
            return false
        }
        return bytes.dropLast(2).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
