import SignalDomain
import SignalNode
import SignalTestKit
import Testing

@Suite("A file of keys")
struct KeySetTests {
    private func fault(_ set: [UInt8]) async -> String? {
        do throws(KeySetFault) {
            _ = try await RoomTokenKeys(jwks: set)
            return nil
        } catch {
            return error.sentence
        }
    }

    @Test("is refused with a sentence about the key that is wrong, which quotes no secret")
    func refused() async {
        let short = Base64URL.encode([UInt8](repeating: 7, count: 31))
        let cases: [(String, String)] = [
            (#"{"kty":"oct","alg":"HS256","k":"\#(short)"}"#, "Key 1 has no kid."),
            (#"{"kty":"oct","kid":"a","k":"\#(short)"}"#, "Key 1: alg is missing."),
            (#"{"kty":"oct","kid":"a","alg":"HS256","k":"\#(short)"}"#, "Key 1: k must be at least 32 bytes"),
            (#"{"kty":"oct","kid":"a","alg":"HS512","k":"\#(short)"}"#, "Key 1: alg and kty must be"),
            (#"{"kty":"oct","kid":"a","alg":"none","k":"\#(short)"}"#, "Key 1: alg and kty must be"),
            (#"{"kty":"RSA","kid":"a","alg":"RS256"}"#, "Key 1: alg and kty must be"),
            (#"{"kty":"oct","kid":"a","alg":"EdDSA","k":"\#(short)"}"#, "Key 1: alg and kty must be"),
            (#"{"kty":"OKP","kid":"a","alg":"EdDSA","crv":"Ed25519"}"#, "Key 1: an EdDSA key needs"),
            (
                #"{"kty":"OKP","kid":"a","alg":"EdDSA","crv":"Ed25519","x":"\#(TestKeys.eddsaPublic)","d":"\#(Base64URL.encode(TestKeys.secret))"}"#,
                "Key 1: d does not belong to x."
            ),
            (#"{"kty":"EC","kid":"a","alg":"ES256","crv":"P-256","x":"AA","y":"AA"}"#, "Key 1: an ES256 key needs"),
            ("\(TestKeys.hmac),\(TestKeys.hmac)", "Key 2 has the kid of an earlier one."),
            ("", "The file holds no key."),
        ]
        for (keys, expected) in cases {
            let sentence = await fault(TestKeys.set(keys))
            #expect(sentence?.hasPrefix(expected) == true, "\(expected): \(sentence ?? "accepted")")
            #expect(sentence?.contains(short) != true)
        }
        #expect(await fault(Array("no json".utf8))?.hasPrefix("The file must be a JWKS") == true)
    }

    @Test("signs with its first private key, and with a public one not at all")
    func signing() async throws {
        let open = #"{"kty":"OKP","kid":"e","alg":"EdDSA","crv":"Ed25519","x":"\#(TestKeys.eddsaPublic)"}"#
        let keys = try await RoomTokenKeys(jwks: TestKeys.set(open, TestKeys.hmac))
        #expect(keys.signingKey == "h")
        let token = try RoomTokenTests.token()
        await #expect(throws: KeySetFault.self) { try await keys.sign(token, kid: "e") }
        await #expect(throws: KeySetFault.self) { try await keys.sign(token, kid: "absent") }
        let without = try await RoomTokenKeys(jwks: TestKeys.set(open))
        await #expect(throws: KeySetFault.self) { try await without.sign(token) }
    }
}
