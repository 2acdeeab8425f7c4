import Crypto
import SignalDomain

/// A name and a password for a TURN server that has `use-auth-secret`, and a time after which it refuses both
/// (draft-uberti-behave-turn-rest-00).
struct TurnCredential: Hashable, Sendable {
    /// The clocks of node and server may differ by this much, in milliseconds.
    static let marginMs: Int64 = 60_000

    let username: String
    let password: String

    /// - Parameters:
    ///   - holder: an opaque word without a colon, always the same for the same holder: the server's quotas are per word.
    ///   - expiresAtMs: milliseconds since the epoch.
    init(holder: String, expiresAtMs: Int64, secret: String) {
        username = "\((expiresAtMs + Self.marginMs) / 1_000):\(holder)"
        // The protocol's hash, and the only one that coturn knows.
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Array(username.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        password = Self.base64(Array(code))
    }

    /// Base64 with `+`, `/` and padding, as the protocol wants it.
    private static func base64(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }
}
