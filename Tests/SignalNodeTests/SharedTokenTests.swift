import Testing

@testable import SignalNode

@Suite("The shared token")
struct SharedTokenTests {
    static let digest = "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"
    static let other = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // SHA-256 of "abc"

    @Test("without a digest everybody is admitted")
    func open() {
        let token = SharedToken(hexadecimal: [])
        #expect(!token.isRequired)
        #expect(token.admits(nil))
    }

    @Test("each listed digest admits its token, in either case of its digits", arguments: ["dev-token", "abc"])
    func rotation(_ text: String) {
        #expect(SharedToken(hexadecimal: [Self.digest, Self.other]).admits(text))
        #expect(SharedToken(hexadecimal: [Self.digest.uppercased(), Self.other]).admits(text))
    }

    @Test("a wrong, an empty and an absent token are refused", arguments: ["nope", "", nil] as [String?])
    func refused(_ text: String?) {
        #expect(!SharedToken(hexadecimal: [Self.digest]).admits(text))
    }

    @Test("what is no digest admits nobody", arguments: ["", "zz", "c91c"])
    func malformed(_ digest: String) {
        #expect(!SharedToken(hexadecimal: [digest]).admits(""))
        #expect(!SharedToken(hexadecimal: [digest]).admits("dev-token"))
    }

    @Test("the bearer header wins over the subprotocol, the subprotocol over the query")
    func sources() {
        #expect(SharedToken.token(authorization: "Bearer a", protocolToken: "b", query: "c") == "a")
        #expect(SharedToken.token(authorization: "bearer  a", protocolToken: nil, query: "c") == "a")
        #expect(SharedToken.token(authorization: "Basic x", protocolToken: "b", query: "c") == "b")
        #expect(SharedToken.token(authorization: nil, protocolToken: nil, query: "c") == "c")
        #expect(SharedToken.token(authorization: nil, query: nil) == nil)
    }
}
