import SignalDomain
import Testing

@Suite("Address ranges")
struct CIDRTests {
    @Test(
        "a range holds what shares its leading bits",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("192.0.2.0/31", "192.0.2.1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false), ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false),
            ("::1", "::1", true), ("2001:db8::/127", "2001:db8::1", true), ("::ffff:10.0.0.0/104", "10.2.3.4", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ])
    func contains(range: String, address: String, expected: Bool) throws {
        let range = try #require(CIDR(range))
        #expect(range.contains(try #require(ClientAddress(address))) == expected)
    }

    @Test(
        "other text is no range",
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "::/129", "10.0.0.0/x",
            "x/8",
            "10.0.0.1:80/32", "[::1]/128", "::ffff:10.0.0.0/8",
        ])
    func refuses(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test("a list is read between commas and spaces, and its first wrong element is named")
    func lists() throws {
        let list = try CIDRList(parsing: " 10.0.0.0/8, 192.0.2.1\n2001:db8::/32,, ")
        #expect(list.ranges.map(\.description) == ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"])
        #expect(list.contains(try #require(ClientAddress("2001:db8::7"))))
        #expect(try CIDRList(parsing: "").ranges.isEmpty)
        let error = #expect(throws: CIDRError.self) { try CIDRList(parsing: "10.0.0.0/8,10.0.0.0/99") }
        #expect(error?.element == "10.0.0.0/99")
    }
}
