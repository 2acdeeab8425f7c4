/// A configured list of address ranges, such as the trusted proxies.
public struct CIDRList: Hashable, Sendable {
    public let ranges: [CIDR]

    public init(_ ranges: [CIDR] = []) {
        self.ranges = ranges
    }

    /// Reads ranges between commas or white space; empty text is the empty list.
    ///
    /// - Throws: the first element that is no range.
    public init(parsing text: String) throws(CIDRError) {
        var ranges: [CIDR] = []
        for element in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard let range = CIDR(element) else { throw CIDRError(element: String(element)) }
            ranges.append(range)
        }
        self.ranges = ranges
    }

    public func contains(_ address: ClientAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}

/// An element of a configured list that is no address range.
public struct CIDRError: Error, Hashable, Sendable, CustomStringConvertible {
    public let element: String

    public var description: String { "\"\(element)\" is neither an address nor a range such as 10.0.0.0/8." }
}
