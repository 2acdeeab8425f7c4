/// Who may not connect at all: single addresses, ranges and the networks of whole operators, each until further notice or
/// up to a moment.
///
/// A look-up costs one step per different prefix length, whatever the number of rules.
public struct BlockRules: Sendable, Equatable {
    private var ranges: [Prefix: [ClientAddress: Timestamp?]] = [:]
    private var networks: [UInt32: Timestamp?] = [:]

    private struct Prefix: Hashable {
        let family: ClientAddress.Family
        let bits: Int
    }

    public init() {}

    /// Rules in force and rules that have run out.
    public var count: Int { networks.count + ranges.values.reduce(0) { $0 + $1.count } }

    /// Whether a rule asks for the network of an address.
    public var needsNetworks: Bool { !networks.isEmpty }

    /// - Parameter end: the first moment when the rule does not hold any more; nil = never.
    public mutating func block(_ range: CIDR, until end: Timestamp? = nil) {
        let prefix = Prefix(family: range.network.family, bits: range.prefixBits)
        ranges[prefix, default: [:]].updateValue(end, forKey: range.network)
    }

    public mutating func block(network: UInt32, until end: Timestamp? = nil) {
        networks.updateValue(end, forKey: network)
    }

    /// - Parameter network: the number of the autonomous system that announces the address; nil = unknown.
    public func blocks(_ address: ClientAddress, network: UInt32?, at now: Timestamp) -> Bool {
        if let network, let end = networks[network], Self.holds(end, now) { return true }
        return ranges.contains { prefix, blocked in
            guard prefix.family == address.family, let end = blocked[address.masked(to: prefix.bits)] else {
                return false
            }
            return Self.holds(end, now)
        }
    }

    private static func holds(_ end: Timestamp?, _ now: Timestamp) -> Bool { end.map { now < $0 } ?? true }
}
