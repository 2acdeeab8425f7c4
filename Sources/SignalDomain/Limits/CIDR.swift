/// A range of addresses that share their leading bits, such as `10.0.0.0/8` or `2001:db8::/32`.
public struct CIDR: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the range.
    public let network: ClientAddress
    /// The shared leading bits: 0 to 32 for IPv4, 0 to 128 for IPv6.
    public let prefixBits: Int

    /// The range around one address; nil when `prefixBits` does not fit its family.
    public init?(_ address: ClientAddress, prefixBits: Int) {
        guard 0...address.width ~= prefixBits else { return nil }
        self.network = address.masked(to: prefixBits)
        self.prefixBits = prefixBits
    }

    /// Reads `address/bits`, or one address alone; host bits may be set and do not count.
    ///
    /// An IPv4-mapped range such as `::ffff:10.0.0.0/104` is the IPv4 range that it means.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let addressText = parts.first, !addressText.utf8.contains(UInt8(ascii: "[")),
            let address = ClientAddress(addressText)
        else { return nil }
        let isIPv6Text = addressText.utf8.count { $0 == UInt8(ascii: ":") } >= 2
        guard isIPv6Text || !addressText.utf8.contains(UInt8(ascii: ":")) else { return nil }
        guard parts.count == 2 else {
            self.init(address, prefixBits: address.width)
            return
        }
        let bits = Array(parts[1].utf8)
        guard let prefix = AddressText.decimal(bits[...], max: 128) else { return nil }
        self.init(address, prefixBits: isIPv6Text && address.family == .ipv4 ? prefix - 96 : prefix)
    }

    public func contains(_ address: ClientAddress) -> Bool {
        address.family == network.family && address.masked(to: prefixBits) == network
    }

    /// Whether some address lies in both.
    public func overlaps(_ other: CIDR) -> Bool { contains(other.network) || other.contains(network) }

    public var description: String { "\(network)/\(prefixBits)" }
}
