/// Refusals of a handshake, in the order in which the checks run.
extension Refusal {
    public static let upgradeRequired = Refusal(
        status: 426, code: "upgrade_required", title: "Upgrade Required",
        sentence: "This path speaks WebSocket version 13 only.",
        extraHeaders: [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")])

    public static func badName(_ fault: NameError) -> Refusal {
        Refusal(
            status: 400, code: fault.code, title: "Bad Request", sentence: fault.description, closing: .badRequest)
    }

    public static let blocked = Refusal(
        status: 403, code: "blocked", title: "Forbidden", sentence: "This address is blocked.")

    public static let originRefused = Refusal(
        status: 403, code: "origin_refused", title: "Forbidden",
        sentence: "Pages of this origin may not connect; the operator's allow list names those that may.",
        closing: .forbidden)

    public static func tooManyConnections(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 429, code: "too_many_connections", title: "Too Many Requests",
            sentence: "This address has too many open connections; close one or try again in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// There is no token where one is needed.
    public static let unauthorized = Refusal(
        status: 401, code: "unauthorized", title: "Unauthorized", sentence: "A valid token is needed.",
        extraHeaders: [("WWW-Authenticate", "Bearer realm=\"signal\"")], closing: .unauthorized)

    /// The token is not good, whatever the reason (RFC 6750 §3.1).
    public static let invalidToken = Refusal(
        status: 401, code: "unauthorized", title: "Unauthorized", sentence: "A valid token is needed.",
        extraHeaders: [("WWW-Authenticate", "Bearer realm=\"signal\", error=\"invalid_token\"")],
        closing: .unauthorized)

    /// This address guessed too many tokens.
    public static func tooManyFailures(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 429, code: "too_many_failures", title: "Too Many Requests",
            sentence: "Too many wrong tokens came from this address; try again in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// The room's policy or the token's grants say no.
    public static let forbidden = Refusal(
        status: 403, code: "forbidden", title: "Forbidden", sentence: "The token does not allow this room or action.",
        closing: .forbidden)

    public static let banned = Refusal(
        status: 403, code: "banned", title: "Forbidden", sentence: "A moderator banned this peer.", closing: .banned)

    public static let roomFull = Refusal(
        status: 403, code: "room_full", title: "Forbidden", sentence: "The room has no place left.",
        closing: .roomFull)

    public static let roomClosed = Refusal(
        status: 403, code: "room_closed", title: "Forbidden", sentence: "The room was closed.", closing: .roomClosed)

    public static let inUse = Refusal(
        status: 409, code: "in_use", title: "Conflict", sentence: "Another session holds this peerId.",
        closing: .inUse)

    public static func draining(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 503, code: "draining", title: "Service Unavailable",
            sentence: "This node is shutting down; another one answers in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds, closing: .draining)
    }

    public static func overloaded(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            status: 503, code: "overloaded", title: "Service Unavailable",
            sentence: "This node has no room for another session; try again in \(retryAfterSeconds) s.",
            retryAfterSeconds: retryAfterSeconds, closing: .overloaded)
    }
}
