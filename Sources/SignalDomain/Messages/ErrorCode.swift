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

    /// One sentence for people, the `message` where there is nothing more exact to say.
    public var sentence: String {
        switch self {
        case .invalidJSON: "The message is not a JSON object."
        case .invalidMessage: "The message breaks a rule of the protocol."
        case .reservedType: "Only the server may send a message of this type, or the session has begun already."
        case .rateLimited: "Too many messages came; send fewer."
        case .messageTooLarge: "The message is too large for what it asks."
        case .duplicatePayload: "The same payload came too often."
        case .forbidden: "The token does not allow this."
        case .roomFull: "The room has no place left."
        case .unavailable: "The shared state is out of reach; try again later."
        }
    }

    /// The table as Markdown, one row per code, for the documentation.
    public static var markdownTable: String {
        allCases.reduce(into: "| code | meaning |\n|---|---|\n") { $0 += "| `\($1.rawValue)` | \($1.sentence) |\n" }
    }
}
