import HTTPTypes
import Hummingbird
import HummingbirdCore

/// The pages of the node and what they load: `/`, `/demo/…`, `/client/…`, `/console` and `/console/…`.
struct BrowserRoutes: Sendable {
    let isServing: Bool

    var all: [Route] {
        guard isServing else { return [] }
        return BrowserFile.all.map { file in
            Route(.get, file.path) { request, _ in Self.answer(file, to: request) }
        }
    }

    private static func answer(_ file: BrowserFile, to request: Request) -> Response {
        var headers = policy
        headers[.eTag] = file.entityTag
        if let known = request.headers[.ifNoneMatch], Self.names(known, file.entityTag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.body))
    }

    /// Weak comparison (RFC 9110 §13.1.2): proxies that compress make tags weak.
    private static func names(_ known: String, _ tag: String) -> Bool {
        known.split(separator: ",").contains { entry in
            let trimmed = entry.drop { $0 == " " }.prefix { $0 != " " }
            return trimmed == "*" || trimmed == tag || trimmed == "W/" + tag
        }
    }

    /// What a page may do: run the node's own scripts, and open sockets, also to other nodes. Nothing may frame it.
    private static let policy: HTTPFields = [
        .cacheControl: "no-cache",
        .contentSecurityPolicy: """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
        media-src 'self' blob:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """,
        .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer", .frameOptions: "DENY",
    ]
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!  // A constant in the charset of names.
    fileprivate static let frameOptions = HTTPField.Name("X-Frame-Options")!  // Likewise.
}
