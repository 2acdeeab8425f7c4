/// Every way in which the server closes a socket: the one table of close codes.
///
/// The reason text on the wire is `word`, so several words share a code where clients act alike on them.
public enum CloseReason: String, Sendable, CaseIterable {
    case normal
    case draining
    case restart
    case protocolError = "protocol_error"
    case unsupportedData = "unsupported_data"
    case invalidPayload = "invalid_payload"
    case messageTooLarge = "message_too_large"
    case internalError = "internal"
    case overloaded
    case slowConsumer = "slow_consumer"
    case unverified
    case badRequest = "bad_request"
    case helloExpected = "hello_expected"
    case peerIDMismatch = "peer_id_mismatch"
    case malformed
    case unauthorized
    case tokenExpired = "token_expired"
    case tokenRevoked = "token_revoked"
    case forbidden
    case banned
    case kicked
    case roomFull = "room_full"
    case roomClosed = "room_closed"
    case helloTimeout = "hello_timeout"
    case heartbeatTimeout = "heartbeat_timeout"
    case unconfirmed
    case replaced
    case inUse = "in_use"
    case stale
    case limit

    /// The machine word in the reason text.
    public var word: String { rawValue }

    /// The WebSocket close code (RFC 6455 §7.4; 4000 and above are ours).
    public var code: UInt16 { entry.code }

    /// What the client does next.
    public var advice: ReconnectAdvice { entry.advice }

    /// One sentence for people.
    public var sentence: String { entry.sentence }

    /// The table as Markdown, one row per word, for the documentation.
    public static var markdownTable: String {
        let head = "| code | reason | the client | meaning |\n|---|---|---|---|\n"
        return allCases.reduce(into: head) { table, reason in
            table += "| \(reason.code) | `\(reason.word)` | \(reason.advice.sentence) | \(reason.sentence) |\n"
        }
    }

    private var entry: (code: UInt16, advice: ReconnectAdvice, sentence: String) {
        switch self {
        case .normal: (1000, .never, "The session ended as it should.")
        case .draining: (1001, .afterHint, "The node drains; any other node takes the session.")
        case .restart: (1012, .afterHint, "The node restarts; any other node takes the session.")
        case .protocolError: (1002, .afterRepair, "A frame broke the WebSocket protocol.")
        case .unsupportedData: (1003, .afterRepair, "Binary frames are not part of this dialect.")
        case .invalidPayload: (1007, .afterRepair, "A text message was not valid UTF-8.")
        case .messageTooLarge: (1009, .afterRepair, "A message was larger than the limit.")
        case .internalError: (1011, .backOff, "The node failed in an unforeseen way.")
        case .overloaded: (1013, .backOff, "The node has no room for another session now.")
        case .slowConsumer: (1013, .backOff, "The client read too slowly and its queue was full.")
        case .unverified: (1013, .backOff, "The node cannot verify the session while its backplane is away.")
        case .badRequest: (4400, .afterRepair, "The request or a frame of the protocol was wrong.")
        case .helloExpected: (4400, .afterRepair, "The first frame was not a hello.")
        case .peerIDMismatch: (4400, .afterRepair, "The peerId of the hello differs from the one in the URL.")
        case .malformed: (4400, .afterRepair, "Too many messages were not valid.")
        case .unauthorized: (4401, .afterRepair, "The token is absent or wrong.")
        case .tokenExpired: (4401, .afterRepair, "The token ran out; get a new one.")
        case .tokenRevoked: (4401, .afterRepair, "The token was revoked.")
        case .forbidden: (4403, .never, "The token does not allow this room.")
        case .banned: (4403, .never, "A moderator banned this peer.")
        case .kicked: (4403, .never, "A moderator removed this peer.")
        case .roomFull: (4403, .afterRepair, "The room has no place left.")
        case .roomClosed: (4404, .never, "The room was closed.")
        case .helloTimeout: (4408, .atOnce, "No hello came in time.")
        case .heartbeatTimeout: (4408, .atOnce, "Nothing was heard from the client for two heartbeats.")
        case .unconfirmed: (4408, .atOnce, "A reliable signal stayed unconfirmed for too long.")
        case .replaced: (4409, .never, "A newer connection took this peerId.")
        case .inUse: (4409, .afterWindow, "Another session holds this peerId.")
        case .stale: (4409, .never, "A newer connection of the same session is open; only this socket ends.")
        case .limit: (4429, .backOff, "A limit of this address or token was reached.")
        }
    }
}
