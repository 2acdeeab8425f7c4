import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import SignalDomain
import SignalNode

/// What holds for every answer: errors are problem details (RFC 9457), browsers may read it (CORS), `HEAD` has no body.
struct AnswerRules: RouterMiddleware {
    let settings: TransportSettings
    let methods: RouteTable

    func handle(
        _ request: Request, context: RouteContext, next: (Request, RouteContext) async throws -> Response
    ) async throws -> Response {
        var response =
            request.method == .options
            ? Response(status: .noContent) : await answer(request, context: context, next: next)
        allowOrigin(of: request, in: &response)
        if request.headers[.connection] == "close" { response.headers[.connection] = "close" }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, context: RouteContext, next: (Request, RouteContext) async throws -> Response
    ) async -> Response {
        do {
            if settings.node.isBlocked(settings.origin.client(of: request, context)) { throw Refusal.blocked }
            return try await next(request, context)
        } catch let refusal as Refusal {
            return Response(refusal)
        } catch let error as HTTPError where error.status == .notFound {
            return Response(methods.allowed(request.uri.path).map(Refusal.methodNotAllowed) ?? .notFound)
        } catch {
            settings.logger.error(
                "http.failed",
                metadata: ["url.path": "\(request.uri.path)", "error.type": "\(type(of: error))"])
            return Response(Refusal.internalError)
        }
    }

    private func allowOrigin(of request: Request, in response: inout Response) {
        let access = settings.configuration.access
        if access.allowedOrigins.isEmpty {
            response.headers[.accessControlAllowOrigin] = "*"
        } else {
            response.headers[.vary] = "Origin"
            guard let origin = request.headers[.origin], access.lists(origin: origin) else { return }
            response.headers[.accessControlAllowOrigin] = origin
        }
        response.headers[.accessControlAllowMethods] = "GET,POST,DELETE,OPTIONS"
        response.headers[.accessControlAllowHeaders] = "Content-Type,Authorization"
    }
}

extension Response {
    init(_ refusal: Refusal) {
        var headers = HTTPFields()
        for (name, value) in refusal.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.contentType] = Refusal.contentType
        headers[.cacheControl] = "no-store"
        self.init(
            status: HTTPResponse.Status(code: refusal.status, reasonPhrase: refusal.title), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: refusal.problemJSON)))
    }

    /// A JSON answer that no cache may keep.
    init(json: some Sequence<UInt8>, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }
}
