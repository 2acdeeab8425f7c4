import SignalDomain
import SignalNode
import SignalTestKit
import Testing

@Suite("Row 13: room tokens")
struct RoomTokenTests {
    /// A moment in 2026, in milliseconds.
    static let now: Int64 = 1_780_000_000_000

    static func keys(_ set: [UInt8] = TestKeys.set(TestKeys.hmac, TestKeys.otherHMAC, TestKeys.eddsa, TestKeys.ecdsa))
        async throws -> RoomTokenKeys
    {
        try await RoomTokenKeys(jwks: set)
    }

    static func token(
        notBefore: Int64 = now - 1_000, expiresAt: Int64 = now + 60_000
    ) throws -> RoomToken {
        RoomToken(
            subject: "sue", id: "t1", namespace: "n", room: "r", peer: try PeerID("p"), grants: [.join, .read],
            notBefore: notBefore, expiresAt: expiresAt)
    }

    private func fault(
        of text: String, now: Int64 = now, keys: RoomTokenKeys? = nil, terms: RoomTokenKeys.Terms = .init()
    ) async throws -> RoomTokenFault? {
        let keys = if let keys { keys } else { try await Self.keys() }
        do throws(RoomTokenFault) {
            _ = try await keys.verify(text, nowMs: now, terms: terms)
            return nil
        } catch {
            return error
        }
    }

    @Test("are read back as they were signed, with each algorithm", arguments: ["h", "e", "c"])
    func roundTrip(_ kid: String) async throws {
        let keys = try await Self.keys()
        let token = try Self.token()
        let text = try await keys.sign(token, kid: kid)
        #expect(try await keys.verify(text, nowMs: Self.now, terms: .init()) == token)
    }

    @Test("a star stands for every room of the namespace")
    func everyRoom() async throws {
        let keys = try await Self.keys()
        var token = try Self.token()
        token.room = nil
        let text = try await keys.sign(token, kid: "e")
        #expect(try await keys.verify(text, nowMs: Self.now, terms: .init()).room == nil)
    }

    static let claims = #"""
        {"aud":"signal","sub":"sue","exp":1780000060,"nbf":1779999999,"jti":"t1","ns":"n","room":"r","grants":["join"]}
        """#

    @Test(
        "with a header of somebody's own making are refused: none, no kid, unknown kid, another key's alg, extensions")
    func headers() async throws {
        let good = #"{"alg":"HS256","kid":"h"}"#
        #expect(try await fault(of: TestKeys.signed(header: good, claims: Self.claims)) == nil)
        for (header, expected) in [
            (#"{"alg":"none","kid":"h"}"#, RoomTokenFault.algorithm), (#"{"alg":"none"}"#, .unknownKey),
            (#"{"alg":"HS256"}"#, .unknownKey), (#"{"alg":"HS256","kid":"x"}"#, .unknownKey),
            (#"{"alg":"HS256","kid":"e"}"#, .algorithm), (#"{"alg":"HS512","kid":"h"}"#, .algorithm),
            (#"{"alg":"EdDSA","kid":"h"}"#, .algorithm), (#"{"kid":"h"}"#, .algorithm),
            (#"{"alg":"HS256","kid":"h","crit":["exp"]}"#, .malformed), ("[]", .malformed), ("", .malformed),
            // Signed with the secret of h, said to be of h2.
            (#"{"alg":"HS256","kid":"h2"}"#, .signature),
        ] {
            let text = TestKeys.signed(header: header, claims: Self.claims)
            #expect(try await fault(of: text) == expected, "\(header)")
        }
    }

    @Test("signed with a public key as if it were a secret are refused")
    func confusion() async throws {
        let open = try #require(Base64URL.decode(TestKeys.eddsaPublic))
        for header in [#"{"alg":"HS256","kid":"e"}"#, #"{"alg":"EdDSA","kid":"e"}"#] {
            let text = TestKeys.signed(header: header, claims: Self.claims, secret: open)
            #expect(try await fault(of: text) != nil, "\(header)")
        }
    }

    @Test("without a signature, with another one or with changed claims are refused")
    func signatures() async throws {
        let text = TestKeys.signed(header: #"{"alg":"HS256","kid":"h"}"#, claims: Self.claims)
        let parts = text.split(separator: ".").map(String.init)
        let more = Base64URL.encode(
            Array(Self.claims.replacing(#"["join"]"#, with: #"["join","moderate"]"#).utf8))
        #expect(try await fault(of: "\(parts[0]).\(parts[1]).") == .malformed)
        #expect(try await fault(of: "\(parts[0]).\(parts[1])") == .malformed)
        #expect(try await fault(of: "\(parts[0]).\(parts[1]).AAAA") == .signature)
        #expect(try await fault(of: "\(parts[0]).\(more).\(parts[2])") == .signature)
        #expect(try await fault(of: String(repeating: "a", count: 8_193)) == .malformed)
    }

    @Test("with a missing, a malformed or a foreign claim are refused")
    func claims() async throws {
        for (old, new, expected) in [
            (#""aud":"signal""#, #""aud":"other""#, RoomTokenFault.audience),
            (#""aud":"signal""#, #""aud":[]"#, .audience), (#""aud":"signal","#, "", .claims),
            (#""sub":"sue","#, "", .claims), (#""sub":"sue""#, #""sub":"""#, .claims),
            (#""jti":"t1","#, "", .claims), (#""ns":"n","#, "", .claims), (#""room":"r","#, "", .claims),
            (#""exp":1780000060,"#, "", .claims), (#""nbf":1779999999,"#, "", .claims),
            (#""exp":1780000060"#, #""exp":1e300"#, .claims), (#""exp":1780000060"#, #""exp":-1"#, .claims),
            (#""exp":1780000060"#, #""exp":"1780000060""#, .claims),
            (#"["join"]"#, #"["join","fly"]"#, .claims), (#"["join"]"#, #""join""#, .claims),
            (#""room":"r""#, #""room":"r","peer":"no peer""#, .claims),
        ] {
            let text = TestKeys.signed(
                header: #"{"alg":"HS256","kid":"h"}"#, claims: Self.claims.replacing(old, with: new))
            #expect(try await fault(of: text) == expected, "\(new)")
        }
        let several = Self.claims.replacing(#""aud":"signal""#, with: #""aud":["other","signal"]"#)
        #expect(
            try await fault(of: TestKeys.signed(header: #"{"alg":"HS256","kid":"h"}"#, claims: several)) == nil)
    }

    @Test("are good from nbf to exp, with the leeway on both sides")
    func times() async throws {
        let keys = try await Self.keys()
        let text = try await keys.sign(Self.token(notBefore: Self.now, expiresAt: Self.now + 60_000), kid: "h")
        for (offset, expected) in [
            (-30_001, RoomTokenFault.notYet), (-30_000, nil), (0, nil), (89_999, nil), (90_000, .expired),
        ] as [(Int64, RoomTokenFault?)] {
            #expect(try await fault(of: text, now: Self.now + offset, keys: keys) == expected, "\(offset)")
        }
    }

    @Test("live for at most a day, however little of it is left")
    func lifetime() async throws {
        let keys = try await Self.keys()
        let day: Int64 = 86_400_000
        for (start, end, expected) in [
            (Self.now, Self.now + day, nil), (Self.now, Self.now + day + 1, .lifetime),
            (Self.now - 2 * day, Self.now + 60_000, .lifetime), (Self.now, Self.now, .lifetime),
        ] as [(Int64, Int64, RoomTokenFault?)] {
            let text = try await keys.sign(Self.token(notBefore: start, expiresAt: end), kid: "h")
            #expect(try await fault(of: text, keys: keys) == expected)
        }
    }

    @Test("of a key that left the set are refused")
    func rotation() async throws {
        let text = try await Self.keys().sign(Self.token(), kid: "h")
        let rest = try await Self.keys(TestKeys.set(TestKeys.otherHMAC))
        #expect(try await fault(of: text, keys: rest) == .unknownKey)
    }
}
