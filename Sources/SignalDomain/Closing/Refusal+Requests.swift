/// Refusals of any HTTP request.
extension Refusal {
    public static let notFound = Refusal(
        status: 404, code: "not_found", title: "Not Found", sentence: "There is nothing at this path.")

    /// - Parameter allowed: the methods of the path, as in `GET, POST`.
    public static func methodNotAllowed(allowed: String) -> Refusal {
        Refusal(
            status: 405, code: "method_not_allowed", title: "Method Not Allowed",
            sentence: "This path takes only \(allowed).", extraHeaders: [("Allow", allowed)])
    }

    /// - Parameter sentence: what is wrong, without repeating what the caller sent.
    public static func badRequest(_ sentence: String) -> Refusal {
        Refusal(
            status: 400, code: "bad_request", title: "Bad Request", sentence: sentence, closing: .badRequest)
    }

    public static let invalidJSON = Refusal(
        status: 400, code: "invalid_json", title: "Bad Request", sentence: "The body is not a JSON object.")

    public static func bodyTooLarge(maxBytes: Int) -> Refusal {
        Refusal(
            status: 413, code: "body_too_large", title: "Content Too Large",
            sentence: "The body may have at most \(maxBytes) bytes.")
    }

    public static let unsupportedMediaType = Refusal(
        status: 415, code: "unsupported_media_type", title: "Unsupported Media Type",
        sentence: "The body must be application/json.")

    public static func rateLimited(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 429, code: "rate_limited", title: "Too Many Requests",
            sentence: "This address sent too many requests; try again in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// Unknown, expired, used and revoked codes look the same, so that nobody can search for them.
    public static let inviteInvalid = Refusal(
        status: 404, code: "invite_invalid", title: "Not Found", sentence: "This invite cannot be redeemed.")

    public static let internalError = Refusal(
        status: 500, code: "internal", title: "Internal Server Error", sentence: "The node failed; try again.",
        closing: .internalError)

    /// The backplane is away and the request needs it.
    public static func unavailable(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 503, code: "unavailable", title: "Service Unavailable",
            sentence: "The shared state is out of reach; try again in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds, closing: .unverified)
    }
}
