import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

/// Who sends a request: the address behind trusted proxies, and the tokens it carries.
extension Caller {
    init(_ request: Request, _ context: RouteContext, origin: RequestOrigin) {
        self.init(
            authorization: request.headers[.authorization],
            queryToken: QueryString(request.uri.query)["token"].flatMap { $0.isEmpty ? nil : $0 },
            client: origin.client(of: request, context))
    }
}

extension RequestOrigin {
    func client(of request: Request, _ context: RouteContext) -> ClientAddress {
        guard let name = HTTPField.Name(headerName) else { return context.peer }
        return client(of: context.peer, lines: request.headers[values: name])
    }
}

extension HTTPField.Name {
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!  // A constant in the charset of header names.
}
