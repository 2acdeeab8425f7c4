/// A host and a port, without any login: what may stand in a log.
public struct RedisEndpoint: Hashable, Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host`, `host:port`, `[address]` or `[address]:port`.
    init(_ text: Substring, defaultPort: Int) throws(RedisURLError) {
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .invalidHost }
            let host = text[text.index(after: text.startIndex)..<end]
            guard host.contains(":"), host.utf8.allSatisfy(Self.isAddressByte) else { throw .invalidHost }
            self.host = String(host)
            rest = text[text.index(after: end)...]
        } else {
            let host = text.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isNameByte) else { throw .invalidHost }
            self.host = String(host)
            rest = text[host.endIndex...]
        }
        guard !rest.isEmpty else {
            port = defaultPort
            return
        }
        guard rest.hasPrefix(":"), let port = Self.decimal(rest.dropFirst()), (1...65535).contains(port) else {
            throw .invalidPort
        }
        self.port = port
    }

    /// A number of ASCII digits only; `Int.init` alone would also take a sign.
    static func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    /// The characters of host names, which are also those that Sentinel allows in the name of a primary.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
    }
}

extension RedisEndpoint: CustomStringConvertible {
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
