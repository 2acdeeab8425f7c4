import SignalNode

/// Files of keys (JWKS).
///
/// Promises: no trap; a refusal never quotes key material.
struct KeySetFuzz: FuzzTarget {
    private static let secret = "c2VjcmV0LWtleS1tYXRlcmlhbC1vZi0zMi1ieXRlcy0tLS0"
    private static let keys = [
        #"{"kty":"oct","kid":"a","alg":"HS256","k":"\#(secret)"}"#,
        #"{"kty":"OKP","kid":"b","alg":"EdDSA","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        #"{"kty":"EC","kid":"c","alg":"ES256","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
            + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    ]
    private static let mutator = Mutator([
        "\"kty\":\"RSA\"", "\"alg\":\"none\"", "\"kid\":\"a\"", "\"x\":\"\"", "\"k\":\"\"", "\"d\":\"AAAA\"", "null",
        "[", "{",
        "}", "]", ",", "\"", "=", "AAAA", "_", "é",
    ])

    func run(_ random: inout FuzzRandom) async throws(Finding) -> Bool {
        let keys = Self.keys.filter { _ in random.chance(60) }
        var bytes = Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8)
        if random.chance(70) { Self.mutator.mutate(&bytes, &random) }
        do throws(KeySetFault) {
            _ = try await RoomTokenKeys(jwks: bytes)
            return true
        } catch {
            if error.sentence.contains(Self.secret.prefix(8)) { throw Finding("a refusal quotes no key", bytes) }
            return false
        }
    }
}
