/// A client of the load by its number; its peerId is derived from it.
public struct Client: Sendable, Hashable, Comparable, Codable {
    public let number: Int32

    public init(_ number: Int) {
        self.number = Int32(truncatingIfNeeded: number)
    }

    /// A peer whose name this run never gave: a member left over from elsewhere.
    public static let stranger = Client(-1)

    public static func < (a: Client, b: Client) -> Bool { a.number < b.number }

    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int32.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
