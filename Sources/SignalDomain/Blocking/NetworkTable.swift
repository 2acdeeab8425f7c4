/// Which autonomous system announces an address: the longest prefix that holds it decides.
///
/// Immutable. The prefixes are flattened into ranges without overlap, sorted, so that a look-up is one binary search:
/// 8 bytes per IPv4 range, 20 per IPv6 range.
public struct NetworkTable: Sendable, Equatable {
    private let ipv4: Ranges<UInt32>
    private let ipv6: Ranges<UInt128>

    public static let empty = NetworkTable([])

    public struct Row: Sendable, Equatable {
        public let prefix: CIDR
        public let network: UInt32

        public init(_ prefix: CIDR, _ network: UInt32) {
            self.prefix = prefix
            self.network = network
        }
    }

    /// Of two rows for one prefix the latter counts.
    public init(_ rows: [Row]) {
        ipv4 = Ranges(rows, .ipv4) { UInt32(truncatingIfNeeded: $0) }
        ipv6 = Ranges(rows, .ipv6) { $0 }
    }

    /// Ranges with and without a network.
    public var count: Int { ipv4.starts.count + ipv6.starts.count }

    /// The number of the network, or nil when no prefix holds the address.
    public func network(of address: ClientAddress) -> UInt32? {
        switch address.family {
        case .ipv4: ipv4.find(UInt32(truncatingIfNeeded: address.bits))
        case .ipv6: ipv6.find(address.bits)
        }
    }
}

/// Numbers from `starts[i]` up to the next start belong to `networks[i]`; 0 = nobody's.
private struct Ranges<Bits: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Equatable {
    var starts: [Bits] = []
    var networks: [UInt32] = []

    init(_ rows: [NetworkTable.Row], _ family: ClientAddress.Family, bits: (UInt128) -> Bits) {
        var sorted: [(first: Bits, last: Bits, network: UInt32, order: Int)] = []
        for (order, row) in rows.enumerated() where row.prefix.network.family == family {
            let first = bits(row.prefix.network.bits)
            let host = Bits.bitWidth - row.prefix.prefixBits
            let mask: Bits = host >= Bits.bitWidth ? .max : (Bits(1) << Bits(host)) &- 1
            sorted.append((first, first | mask, row.network, order))
        }
        // An outer range comes before the inner ones that begin with it.
        sorted.sort { ($0.first, $1.last, $0.order) < ($1.first, $0.last, $1.order) }
        var open: [(last: Bits, network: UInt32)] = []
        func closed(before limit: Bits?) {
            while let inner = open.last, limit.map({ inner.last < $0 }) ?? true {
                open.removeLast()
                guard inner.last < .max else { return open.removeAll() }
                begin(inner.last &+ 1, open.last?.network ?? 0)
            }
        }
        func begin(_ start: Bits, _ network: UInt32) {
            if starts.last == start {
                networks[networks.count - 1] = network
            } else if (networks.last ?? 0) != network {
                starts.append(start)
                networks.append(network)
            }
        }
        for row in sorted {
            closed(before: row.first)
            begin(row.first, row.network)
            open.append((row.last, row.network))
        }
        closed(before: nil)
    }

    func find(_ value: Bits) -> UInt32? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low > 0 && networks[low - 1] > 0 ? networks[low - 1] : nil
    }
}
