/// An HTTP answer that says no: the status, a machine word and one sentence (RFC 9457 problem details).
public struct Refusal: Error, Sendable {
    public static let contentType = "application/problem+json"

    /// The HTTP status.
    public let status: Int
    /// The machine word, for programs.
    public let code: String
    /// The short name of the status.
    public let title: String
    /// What happened and what helps, for people; never a secret, never the caller's own text.
    public let sentence: String
    /// Seconds until another attempt makes sense.
    public let retryAfterSeconds: Int?
    /// Headers of this kind of refusal, such as `Allow`; `Retry-After` is not among them.
    public let extraHeaders: [(String, String)]
    /// The close that says the same to a browser, which cannot see the status of a refused handshake; nil when the
    /// refusal must stay before the upgrade.
    public let closing: CloseReason?

    public init(
        status: Int, code: String, title: String, sentence: String, retryAfterSeconds: Int? = nil,
        extraHeaders: [(String, String)] = [], closing: CloseReason? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.sentence = sentence
        self.retryAfterSeconds = retryAfterSeconds
        self.extraHeaders = extraHeaders
        self.closing = closing
    }

    /// All headers of the answer but its type and length.
    public var headers: [(String, String)] {
        guard let retryAfterSeconds else { return extraHeaders }
        return extraHeaders + [("Retry-After", String(retryAfterSeconds))]
    }

    /// The body: RFC 9457 members, then `code` for programs and `error` for older clients.
    public var problemJSON: [UInt8] {
        var out = Array("{\"type\":\"about:blank\",\"title\":".utf8)
        JSONText.append(title, to: &out)
        out += Array(",\"status\":\(status),\"detail\":".utf8)
        JSONText.append(sentence, to: &out)
        out += Array(",\"code\":".utf8)
        JSONText.append(code, to: &out)
        out += Array(",\"error\":".utf8)
        JSONText.append(sentence, to: &out)
        out.append(UInt8(ascii: "}"))
        return out
    }
}
