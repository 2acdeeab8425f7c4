/// The token of a request, from wherever the client put it. Its description shows nothing.
struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// Nil when there is none.
    let token: String?

    init(token: String?) { self.token = token.flatMap { $0.isEmpty ? nil : $0 } }

    /// The bearer header wins, then the subprotocol, then the query.
    init(authorization: String?, protocolToken: String? = nil, query: String?) {
        if let authorization, let space = authorization.firstIndex(of: " "),
            authorization[..<space].lowercased() == "bearer"
        {
            self.init(token: String(authorization[space...].drop { $0 == " " }))
        } else {
            self.init(token: protocolToken ?? query)
        }
    }

    var description: String { "credentials" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension HandshakeRequest {
    var credentials: Credentials {
        Credentials(authorization: authorization, protocolToken: protocolToken, query: queryToken)
    }
}

extension Caller {
    var credentials: Credentials { Credentials(authorization: authorization, query: queryToken) }
}
