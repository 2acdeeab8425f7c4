import SignalDomain
import Testing

@testable import SignalNode

@Suite("TURN credentials and regions")
struct TurnCredentialTests {
    @Test("a credential is the HMAC-SHA1 of its name, which holds the expiry and the margin")
    func golden() {
        let credential = TurnCredential(
            holder: "peer-7f3a", expiresAtMs: 1_893_456_000_000 - TurnCredential.marginMs, secret: "north-secret")
        #expect(credential.username == "1893456000:peer-7f3a")
        #expect(credential.password == "tRIoKH7iX6ZMVPuHfq1ke0B3mqI=")
    }

    @Test("regions are read with their weights, and clients are spread by them")
    func weights() throws {
        let regions = try #require(TurnRegion.list("eu=turn:a,turns:b; us:3=turn:c ;"))
        #expect(regions.map(\.name) == ["eu", "us"] && regions.map(\.weight) == [1, 3])
        #expect(regions[0].uris == ["turn:a", "turns:b"])
        let picked = (0..<400).compactMap { TurnRegion.pick(regions, hint: nil, point: UInt64($0))?.name }
        #expect(picked.count { $0 == "us" } == 300 && picked.count { $0 == "eu" } == 100)
        #expect(TurnRegion.pick(regions, hint: "eu", point: 3)?.name == "eu")
        #expect(TurnRegion.pick(regions, hint: "mars", point: .max) != nil)
        #expect(TurnRegion.pick([], hint: nil, point: 0) == nil)
    }

    @Test(
        "what is no list of regions is refused",
        arguments: [
            "", ";", "eu", "=turn:a", "eu=", "eu:0=turn:a", "eu:x=turn:a", "eu:1001=turn:a", "EU=turn:a",
            "eu=turn:a;eu=turn:b", "eu:1:2=turn:a",
        ])
    func malformed(text: String) {
        #expect(TurnRegion.list(text) == nil)
    }

    @Test(
        "TURN addresses look like RFC 7065 says",
        arguments: [
            ("turn:h", true), ("turns:h:5349?transport=tcp", true), ("turn:[2001:db8::1]:3478", true),
            ("stun:h", false), ("turn://h", false), ("turn:", false), ("turn:h?transport=sctp", false), ("h", false),
        ])
    func addresses(text: String, isGood: Bool) {
        #expect(TurnRegion.isURI(text) == isGood)
    }

    @Test(
        "a secret without servers, servers without a secret and too many of either are problems, without a secret in them"
    )
    func problems() {
        func found(_ change: (inout NodeConfiguration) -> Void) -> String {
            var configuration = NodeConfiguration()
            change(&configuration)
            return configuration.problems().joined(separator: "\n")
        }
        #expect(found { _ in }.isEmpty)
        #expect(found { $0.turn.secrets = ["canary-of-16-bytes-"] }.contains("TURN_SECRET"))
        #expect(found { $0.turn.uris = ["turn:h"] }.contains("TURN_SECRET is missing"))
        let many = found {
            $0.turn.secrets = ["canary", "canary-canary-canary", "canary-canary-canary-2"]
            $0.turn.uris = ["http://h"]
            $0.turn.regions = "eu=turn:h"
        }
        for word in ["more than two", "entry 1 is shorter", "both set"] { #expect(many.contains(word)) }
        #expect(!many.contains("canary"))
    }
}
