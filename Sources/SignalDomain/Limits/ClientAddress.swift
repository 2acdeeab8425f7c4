/// The network address of a client, without port and zone; an IPv4 address inside IPv6 is that IPv4 address.
public struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    public enum Family: Hashable, Sendable {
        case ipv4
        case ipv6
    }

    public let family: Family
    // Two halves: an async function with a stored UInt128 among its arguments crashes (decision 0013).
    private let high: UInt64
    private let low: UInt64

    /// The address as a number: 32 bits for IPv4, 128 for IPv6.
    public var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    public init(ipv4: UInt32) { self.init(family: .ipv4, bits: UInt128(ipv4)) }

    /// Folds `::ffff:a.b.c.d` to IPv4.
    public init(ipv6: UInt128) {
        let isMapped = ipv6 >> 32 == 0xFFFF
        self.init(family: isMapped ? .ipv4 : .ipv6, bits: isMapped ? ipv6 & 0xFFFF_FFFF : ipv6)
    }

    /// Network-order bytes as in a socket address: 4 or 16, else nil.
    public init?(networkBytes: some Collection<UInt8>) {
        let bits = networkBytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch networkBytes.count {
        case 4: self.init(ipv4: UInt32(truncatingIfNeeded: bits))
        case 16: self.init(ipv6: bits)
        default: return nil
        }
    }

    /// Reads `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `fe80::1%eth0` and `[2001:db8::1]:5678`.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(AddressText.maxBytes + 1))
        guard let address = AddressText.parse(bytes[...]) else { return nil }
        self = address
    }

    /// The whole width of the family: 32 or 128.
    var width: Int { family == .ipv4 ? 32 : 128 }

    /// Only the leading `prefix` bits, the others zero.
    func masked(to prefix: Int) -> ClientAddress {
        let hostBits = width - prefix
        let kept = hostBits >= 128 ? 0 : (bits >> UInt128(hostBits)) << UInt128(hostBits)
        return ClientAddress(family: family, bits: kept)
    }

    /// RFC 5952 text.
    public var description: String { AddressText.render(self) }

    private init(family: Family, bits: UInt128) {
        self.family = family
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }
}
