import Crypto
import Foundation
import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// The key that signs the tokens of redeemed invites.
@Suite("The key of invites") struct InviteKeyTests {
    @Test("signs for nobody but those who redeemed an invite")
    func subjects() async throws {
        let secret = "0123456789abcdef0123456789abcdef"
        try await AccessTests.run {
            $0.access.clusterSecret = secret
        } _: { server in
            let key = HMAC<SHA256>.authenticationCode(
                for: Array("bs:invite-tokens".utf8), using: SymmetricKey(data: Array(secret.utf8)))
            let now = Date().timeIntervalSince1970
            for (subject, status) in [("invite:0-abc:def", 200), ("ann", 401), ("xinvite:", 401)] {
                let token = TestKeys.signed(
                    header: #"{"alg":"HS256","kid":"bs-invites"}"#,
                    claims: #"""
                        {"aud":"signal","sub":"\#(subject)","jti":"j","nbf":\#(now - 1),"exp":\#(now + 60),"ns":"n",
                        "room":"r","grants":["join","read","moderate","delete"]}
                        """#, secret: Array(key))
                let answer = try await TestHTTP.get(
                    "/bootstrap?namespace=n&room=r", port: server.port, headers: [("Authorization", "Bearer \(token)")])
                #expect(answer.status == status, "\(subject)")
            }
        }
    }
}
