import HTTPTypes
import Hummingbird
import SignalNode

/// Who sends a request: the address behind trusted proxies, and the tokens it carries.
extension Caller {
    init(_ request: Request, _ context: RouteContext, origin: RequestOrigin) {
        self.init(
            authorization: request.headers[.authorization],
            queryToken: QueryString(request.uri.query)["token"].flatMap { $0.isEmpty ? nil : $0 },
            client: origin.client(of: context.peer, forwardedFor: request.headers[values: .forwardedFor]))
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!  // A constant in the charset of header names.
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!  // Likewise.
}
