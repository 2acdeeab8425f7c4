/// The `code` of an `error` message (protocol, "Dialect 2").
public enum ErrorCode: String, Sendable, CaseIterable {
    case invalidJSON = "invalid_json"
    case invalidMessage = "invalid_message"
    case reservedType = "reserved_type"
    case rateLimited = "rate_limited"
    case messageTooLarge = "message_too_large"
    case duplicatePayload = "duplicate_payload"
    case forbidden
    case roomFull = "room_full"
    case unavailable
}
