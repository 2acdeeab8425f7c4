/// Whom a budget counts: one IPv4 address, or one IPv6 /64, which is what a household or a host gets.
public struct AddressKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The leading bits of an IPv6 address that count.
    public static let ipv6PrefixBits = 64

    /// The address with its other bits zero.
    public let network: ClientAddress

    public init(_ address: ClientAddress) {
        self.network = address.family == .ipv4 ? address : address.masked(to: Self.ipv6PrefixBits)
    }

    /// `192.0.2.1` or `2001:db8:1:2::/64`.
    public var description: String {
        network.family == .ipv4 ? network.description : "\(network)/\(Self.ipv6PrefixBits)"
    }

    public static func < (left: Self, right: Self) -> Bool {
        guard left.network.family == right.network.family else { return left.network.family == .ipv4 }
        return left.network.bits < right.network.bits
    }
}
