import Testing

@testable import SignalNode

@Suite("Row 7: digests of accepted tokens")
struct TokenDigestsTests {
    static let digest = "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"
    static let other = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // SHA-256 of "abc"

    @Test("without a digest nobody is admitted")
    func none() {
        #expect(TokenDigests(hexadecimal: []).isEmpty)
        #expect(!TokenDigests(hexadecimal: []).admit(""))
        #expect(!TokenDigests(hexadecimal: []).admit("dev-token"))
    }

    @Test("each listed digest admits its token, in either case of its digits", arguments: ["dev-token", "abc"])
    func rotation(_ text: String) {
        #expect(TokenDigests(hexadecimal: [Self.digest, Self.other]).admit(text))
        #expect(TokenDigests(hexadecimal: [Self.digest.uppercased(), Self.other]).admit(text))
        #expect(TokenDigests(hexadecimal: [Self.other, Self.digest]).admit(text))
    }

    @Test("a wrong and an empty token are refused, and so is the digest itself", arguments: ["nope", "", digest])
    func refused(_ text: String) {
        #expect(!TokenDigests(hexadecimal: [Self.digest]).admit(text))
    }

    @Test("what is no digest admits nobody", arguments: ["", "zz", "c91c"])
    func malformed(_ digest: String) {
        #expect(!TokenDigests(hexadecimal: [digest]).admit(""))
        #expect(!TokenDigests(hexadecimal: [digest]).admit("dev-token"))
    }

    @Test("the bearer header wins over the subprotocol, the subprotocol over the query")
    func sources() {
        #expect(Credentials(authorization: "Bearer a", protocolToken: "b", query: "c").token == "a")
        #expect(Credentials(authorization: "bearer  a", protocolToken: nil, query: "c").token == "a")
        #expect(Credentials(authorization: "Basic x", protocolToken: "b", query: "c").token == "b")
        #expect(Credentials(authorization: nil, protocolToken: nil, query: "c").token == "c")
        #expect(Credentials(authorization: nil, query: nil).token == nil)
        #expect(Credentials(token: "").token == nil)
        #expect("\(Credentials(token: "canary"))" == "credentials")
    }
}
