import Crypto
import Foundation
public import SignalDomain

/// Keys and tokens for tests: two secrets, and the key pairs of RFC 8037 appendix A and RFC 7515 appendix A.3.
public enum TestKeys {
    public static let secret = [UInt8](repeating: 0x5A, count: 32)
    public static let eddsaPublic = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    public static let hmac = #"{"kty":"oct","kid":"h","alg":"HS256","k":"\#(Base64URL.encode(secret))"}"#
    public static let otherHMAC =
        #"{"kty":"oct","kid":"h2","alg":"HS256","k":"\#(Base64URL.encode([UInt8](repeating: 1, count: 32)))"}"#
    public static let eddsa = #"""
        {"kty":"OKP","kid":"e","alg":"EdDSA","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
        """#
    public static let ecdsa = #"""
        {"kty":"EC","kid":"c","alg":"ES256","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
        """#

    /// A JWKS of these keys.
    public static func set(_ keys: String...) -> [UInt8] {
        Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
    }

    /// A token of exactly these two texts, signed with HMAC.
    public static func signed(header: String, claims: String, secret: [UInt8] = secret) -> String {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: SymmetricKey(data: secret))
        return input + "." + Base64URL.encode(Array(code))
    }

    /// A good room token of the key `h`.
    ///
    /// - Parameters:
    ///   - subject: its holder.
    ///   - seconds: its lifetime from now; negative = it ran out then.
    public static func token(
        _ subject: String, namespace: String = "n", room: String = "r", peer: String? = nil,
        grants: Grants = .member, seconds: Double = 600
    ) -> String {
        let now = Date().timeIntervalSince1970
        let names = grants.names.map { "\"\($0)\"" }.joined(separator: ",")
        let bound = peer.map { #","peer":"\#($0)""# } ?? ""
        let claims = #"""
            {"aud":"signal","sub":"\#(subject)","jti":"\#(UUID().uuidString)","nbf":\#(min(now, now + seconds) - 1),
            "exp":\#(now + seconds),"ns":"\#(namespace)","room":"\#(room)","grants":[\#(names)]\#(bound)}
            """#
        return signed(header: #"{"alg":"HS256","kid":"h"}"#, claims: claims)
    }
}
