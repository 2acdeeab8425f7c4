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
    private let query: QueryString

    /// Nil when the request is for somebody else, or asks for no WebSocket: then it is ordinary HTTP.
    package init?(
        _ head: HTTPRequestHead, target: RequestTarget,
        served: Set<CompatibilityEndpoint> = Set(CompatibilityEndpoint.allCases)
    ) {
        guard let endpoint = Endpoint(path: target.path, served: served), head.method == .GET,
            head.headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" })
        else { return nil }
        self.head = head
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
        let headers = head.headers
        guard head.version == .http1_1,
            headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }),
            headers[canonicalForm: "sec-websocket-version"].elementsEqual([Self.version[...]])
        else { return .upgradeRequired }
        guard HostField(headers["host"]) != nil else { return .badRequest("The Host header is missing or malformed.") }
        let keys = headers[canonicalForm: "sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, Self.isKey(key) else {
            return .badRequest("Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        guard !headers.contains(name: "transfer-encoding"), headers["content-length"].allSatisfy({ $0 == "0" }) else {
            return .badRequest("A handshake has no body.")
        }
        return nil
    }

    /// What the node decides on.
    package func handshake(client: ClientAddress) -> HandshakeRequest {
        HandshakeRequest(
            namespace: query[endpoint == .peerJS ? "key" : "namespace"], room: query["room"],
            // An empty name means the same as none, as everywhere in the query.
            peerID: query[endpoint == .peerJS ? "id" : "peerId"].flatMap { $0.isEmpty ? nil : $0 },
            authorization: head.headers.first(name: "authorization"),
            queryToken: query["token"].flatMap { $0.isEmpty ? nil : $0 },
            queryTicket: query["ticket"].flatMap { $0.isEmpty ? nil : $0 }, protocolToken: protocolToken,
            dialect: dialect, origin: head.headers.first(name: "origin"), region: query["region"], client: client)
    }

    /// The contract that the client asks for.
    var dialect: Dialect {
        switch endpoint {
        case .signal: Dialect(offered: offers)
        case .topics: .topics
        case .peerJS: .peerJS
        }
    }

    private var offers: [Substring] { head.headers[canonicalForm: "sec-websocket-protocol"] }

    private var protocolToken: String? {
        guard let offer = offers.first(where: { $0.hasPrefix(Self.bearerPrefix) }),
            let bytes = Base64URL.decode(offer.dropFirst(Self.bearerPrefix.count))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// 24 characters of base64 that hold 16 bytes: the last but two carry 4 bits of the 16th, then `==`.
    private static func isKey(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
