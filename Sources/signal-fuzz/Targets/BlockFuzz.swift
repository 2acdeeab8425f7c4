import SignalDomain

/// The text of block rules, and of the table of networks that they ask.
///
/// Promises: no trap; a rule blocks the address that it names while it holds; of the prefixes that hold an address the
/// longest decides, as a search through all rows says.
struct BlockFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "ip ", "cidr ", "asn:", "until=", "2027-01-31T00:00:00Z", "9999-99-99T99:99:99Z", "4294967296", "0", "/0",
        "/33",
        "/128", "::", "::ffff:1.2.3.4", "#", ";", "\t", "\n", "\r\n", " ", "\u{0}", "é",
    ])
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let isGood = try Self.rules(&random)
        return try Self.table(&random) || isGood
    }

    private static func rules(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let blocked = ClientAddress(ipv4: UInt32(truncatingIfNeeded: random.next()))
        let end = random.pick(["", " until=2100-01-01T00:00Z", " until=4102444800", " until=1970-01-01T00:00:01Z"])
        let text = "# rules\nip \(blocked)\(end)\r\ncidr 2001:db8::/\(random.below(129))\nasn:\(1 + random.below(9))\n"
        guard let rules = try? BlockRules(parsing: text) else { throw Finding("rules are read", text.utf8) }
        guard rules.count == 3, rules.blocks(blocked, network: nil, at: now) == !end.contains("1970") else {
            throw Finding("a rule blocks whom it names while it holds", text.utf8)
        }
        var bytes = Array(text.utf8)
        if random.chance(80) { mutator.mutate(&bytes, &random) }
        guard let changed = try? BlockRules(parsing: String(decoding: bytes, as: UTF8.self)) else { return false }
        _ = changed.blocks(blocked, network: 64_496, at: now)
        return true
    }

    private static func table(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        var rows: [NetworkTable.Row] = []
        for _ in 0..<random.below(12) {
            // Few bits, so that prefixes lie in each other.
            let address = ClientAddress(ipv4: UInt32(truncatingIfNeeded: random.next()) & 0xF000_0003)
            guard let prefix = CIDR(address, prefixBits: random.pick([0, 1, 2, 3, 4, 30, 31, 32])) else { continue }
            rows.append(NetworkTable.Row(prefix, UInt32(1 + random.below(5))))
        }
        var bytes = Array(rows.map { "\($0.prefix)\t\($0.network)\n" }.joined().utf8)
        guard let table = try? NetworkTable(parsing: bytes) else { throw Finding("a table is read", bytes) }
        for _ in 0..<8 {
            let address = ClientAddress(ipv4: UInt32(truncatingIfNeeded: random.next()) & 0xF000_0007)
            var expected: NetworkTable.Row?
            for row in rows
            where row.prefix.contains(address) && row.prefix.prefixBits >= expected?.prefix.prefixBits ?? 0 {
                expected = row
            }
            guard table.network(of: address) == expected?.network else {
                throw Finding("the longest prefix decides on \(address)", bytes)
            }
        }
        if random.chance(80) { mutator.mutate(&bytes, &random) }
        guard let changed = try? NetworkTable(parsing: bytes) else { return false }
        _ = changed.network(of: ClientAddress(ipv4: 0))
        return true
    }
}
