import Testing

@testable import SignalDomain

@Suite("BlockRules")
struct BlockRulesTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func address(_ text: String) throws -> ClientAddress { try #require(ClientAddress(text)) }

    @Test("single addresses, ranges and networks are kept out, everybody else is not")
    func blocks() throws {
        let rules = try BlockRules(
            parsing: """
                # who keeps calling
                ip 192.0.2.7
                ip 2001:db8::7   # v6
                cidr 198.51.100.0/24
                cidr 2001:db8:1::/48

                \tasn:64496
                """)
        #expect(rules.count == 5 && rules.needsNetworks)
        for blocked in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7", "198.51.100.255", "2001:db8:1:ffff::1"] {
            #expect(rules.blocks(try address(blocked), network: nil, at: now), "\(blocked)")
        }
        for free in ["192.0.2.8", "2001:db8::8", "198.51.101.0", "2001:db8:2::1"] {
            #expect(!rules.blocks(try address(free), network: 64497, at: now), "\(free)")
            #expect(rules.blocks(try address(free), network: 64496, at: now), "\(free)")
        }
    }

    @Test(
        "a rule ends when it says",
        arguments: [
            "until=2027-01-15T08:00:00Z", "until=2027-01-15T08:00Z", "until=2027-01-15T08:00:00.000Z",
            "until=1800000000",
        ])
    func ends(_ end: String) throws {
        let rules = try BlockRules(parsing: "ip 192.0.2.7 \(end)\nasn:64496 \(end)")
        let one = try address("192.0.2.7")
        let before = Timestamp(milliseconds: now.milliseconds - 1)
        #expect(rules.blocks(one, network: nil, at: before) && !rules.blocks(one, network: nil, at: now))
        #expect(rules.blocks(try address("192.0.2.8"), network: 64496, at: before))
        #expect(!rules.blocks(try address("192.0.2.8"), network: 64496, at: now))
    }

    @Test(
        "a line that is no rule is named",
        arguments: [
            "ip", "ip 192.0.2.0/24", "ip example.org", "cidr 192.0.2.0/33", "cidr", "asn:", "asn:0", "asn:x",
            "asn:4294967296",
            "asn 64496", "deny 192.0.2.7", "ip 192.0.2.7 forever", "ip 192.0.2.7 until=", "ip 192.0.2.7 until=tomorrow",
            "ip 192.0.2.7 until=2027-02-29T00:00:00Z", "ip 192.0.2.7 until=2027-13-01T00:00:00Z",
            "ip 192.0.2.7 until=2027-01-15T08:00:00Z extra", "ip 192.0.2.7 until=2027-01-15", "asn:64496 x",
        ])
    func refuses(_ line: String) {
        #expect(throws: BlockRulesError(line: 3)) { try BlockRules(parsing: "# one\n\n\(line)\nip 192.0.2.1") }
    }

    @Test("a file with line ends of Windows is read like any other")
    func carriageReturns() throws {
        let rules = try BlockRules(parsing: "# rules\r\nip 192.0.2.7\r\n\r\nasn:64496\r\n")
        #expect(rules.count == 2)
        #expect(throws: BlockRulesError(line: 2)) { try BlockRules(parsing: "ip 192.0.2.7\r\nnonsense\r\n") }
    }

    @Test("ends in leap years are found as the calendar has them")
    func calendar() throws {
        for (text, seconds) in [
            ("2028-02-29T00:00:00Z", 1_835_395_200), ("2000-03-01T00:00:00Z", 951_868_800), ("1970-01-01T00:00:01Z", 1),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] as [(String, Int64)] {
            let rules = try BlockRules(parsing: "ip 192.0.2.7 until=\(text)")
            let one = try address("192.0.2.7")
            #expect(rules.blocks(one, network: nil, at: Timestamp(milliseconds: seconds * 1_000 - 1)), "\(text)")
            #expect(!rules.blocks(one, network: nil, at: Timestamp(milliseconds: seconds * 1_000)), "\(text)")
        }
    }
}
