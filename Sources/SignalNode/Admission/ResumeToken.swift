import Crypto
import SignalDomain

/// The secret that brings a client back to its session, and what others may know of either.
enum ResumeToken {
    /// 128 random bits as base64url.
    static func random() -> String {
        Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// What the shared state keeps of a token: half of its SHA-256, in hexadecimal.
    static func digest(of token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).prefix(16).hexadecimal
    }

    /// What other peers see of a session: base64url of the first 12 bytes of SHA-256 over `bs:s:` and its `sid`.
    static func publicName(of sid: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array("bs:s:\(sid)".utf8)).prefix(12)))
    }
}
