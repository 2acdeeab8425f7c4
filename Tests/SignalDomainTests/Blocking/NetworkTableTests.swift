import Testing

@testable import SignalDomain

@Suite("NetworkTable")
struct NetworkTableTests {
    private func network(_ table: NetworkTable, _ address: String) throws -> UInt32? {
        table.network(of: try #require(ClientAddress(address)))
    }

    @Test("the longest prefix decides, in both families")
    func longestPrefix() throws {
        let table = try NetworkTable(
            parsing: Array(
                """
                ; pyasn's form
                192.0.2.0/24\t64496
                192.0.2.128/25\t64497
                192.0.2.200/32\t64498
                2001:db8::/32\t64499\r
                2001:db8:1::/48 64500 # comment
                255.255.255.255/32\t64501

                """.utf8))
        #expect(try network(table, "192.0.2.1") == 64496)
        #expect(try network(table, "192.0.2.128") == 64497)
        #expect(try network(table, "192.0.2.200") == 64498)
        #expect(try network(table, "192.0.2.201") == 64497)
        #expect(try network(table, "192.0.3.0") == nil)
        #expect(try network(table, "192.0.1.255") == nil)
        #expect(try network(table, "255.255.255.255") == 64501)
        #expect(try network(table, "2001:db8:2::1") == 64499)
        #expect(try network(table, "2001:db8:1::1") == 64500)
        #expect(try network(table, "2001:db9::") == nil)
        #expect(try network(.empty, "192.0.2.1") == nil)
    }

    @Test(
        "a line that is no row is named",
        arguments: ["192.0.2.0/24", "x\t1", "192.0.2.0/24\tAS1", "192.0.2.0/24\t1\t2"])
    func refuses(_ line: String) {
        #expect(throws: NetworkTableError(line: 2)) { try NetworkTable(parsing: Array("; x\n\(line)".utf8)) }
    }

    @Test("every address of random tables gets what a search through all rows gives", arguments: [1, 2, 3])
    func alike(_ run: UInt64) throws {
        let seed = run &* 0x9E37_79B9_7F4A_7C15
        var random = SeededRandom(seed: seed)
        let isIPv6 = run == 3
        func address(_ bits: UInt8) -> ClientAddress {
            isIPv6 ? ClientAddress(ipv6: UInt128(bits) << 120) : ClientAddress(ipv4: UInt32(bits) << 24)
        }
        for _ in 0..<200 {
            var rows: [NetworkTable.Row] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let bits = Int.random(in: 0...8, using: &random)
                let range = try #require(CIDR(address(.random(in: .min ... .max, using: &random)), prefixBits: bits))
                rows.append(.init(range, UInt32.random(in: 1...5, using: &random)))
            }
            let table = NetworkTable(rows)
            for byte in UInt8.min ... .max {
                let wanted = rows.enumerated().filter { $0.element.prefix.contains(address(byte)) }
                    .max { ($0.element.prefix.prefixBits, $0.offset) < ($1.element.prefix.prefixBits, $1.offset) }?
                    .element.network
                #expect(table.network(of: address(byte)) == wanted, "seed \(seed), \(byte) in \(rows)")
            }
        }
    }
}
